"""The public library on the simulated core: against Python, and against claims where Python has no equal."""

import itertools
import random
import shutil

import pytest

from paddock.fw.build import FIRMWARE, build_image
from paddock.fw.elf import ObjectFile
from paddock.sim.run import simulate
from paddock.toolchain import compile_object

GNU = "riscv64-unknown-elf-"
COMPILERS = {"zig": "", **({"gnu": GNU} if shutil.which(f"{GNU}gcc") else {})}
MASK = (1 << 64) - 1


def signed(value: int, bits: int = 64) -> int:
    value &= (1 << bits) - 1
    return value - (1 << bits) if value >> bits - 1 else value


def quotient(a: int, b: int) -> int:
    """As C divides: towards 0."""
    return abs(a) // abs(b) * (-1 if (a < 0) != (b < 0) else 1)


def arithmetic():
    """(helper, first argument, second argument, result) on corners and random words; 0 where there is no second."""
    rng = random.Random(1)
    corners = [0, 1, 2, 7, 0xFFFF_FFFF, 0x1_0000_0000, 0x8000_0000, (1 << 63) - 1, 1 << 63, MASK]
    pairs = list(itertools.product(corners, corners))
    pairs += [(rng.getrandbits(rng.randrange(1, 65)), rng.getrandbits(rng.randrange(1, 65))) for _ in range(40)]
    for a, b in pairs:
        yield "__muldi3", a, b, a * b
        yield "__udivdi3", a, b, a // b if b else MASK
        yield "__umoddi3", a, b, a % b if b else a
        sa, sb = signed(a), signed(b)
        yield "__divdi3", a, b, quotient(sa, sb) if sb else -1
        yield "__moddi3", a, b, sa - quotient(sa, sb) * sb if sb else sa
        yield "__cmpdi2", a, b, (sa > sb) - (sa < sb) + 1
        yield "__ucmpdi2", a, b, (a > b) - (a < b) + 1
    for a in [*corners, *(rng.getrandbits(64) for _ in range(8))]:
        for count in (0, 1, 17, 31, 32, 33, 63):
            yield "__ashldi3", a, count, a << count
            yield "__lshrdi3", a, count, a >> count
            yield "__ashrdi3", a, count, signed(a) >> count
        yield "__negdi2", a, 0, -a
        for bits, kind in ((32, "si2"), (64, "di2")):
            v = a & (1 << bits) - 1
            yield f"__popcount{kind}", v, 0, v.bit_count()
            yield f"__parity{kind}", v, 0, v.bit_count() % 2
            yield f"__bswap{kind}", v, 0, int.from_bytes(v.to_bytes(bits // 8, "little"), "big")
            yield f"__ffs{kind}", v, 0, (v & -v).bit_length()
            if v:
                yield f"__clz{kind}", v, 0, bits - v.bit_length()
                yield f"__ctz{kind}", v, 0, (v & -v).bit_length() - 1


def arithmetic_source() -> tuple[list[str], list[str]]:
    """(declarations and tables, checks)."""
    vectors: dict[str, list] = {}
    for name, a, b, result in arithmetic():
        vectors.setdefault(name, []).append(f"{{{a:#x}ull, {b:#x}ull, {result & MASK:#x}ull}}")
    lines, checks = [], []
    for name, rows in vectors.items():
        wide = "int64_t" if "div" in name or "mod" in name or "ashr" in name else "uint64_t"
        value = "uint32_t" if name.endswith("si2") else wide
        two = name.endswith("3") or "cmp" in name
        second = f", {'int' if 'sh' in name else value}" if two else ""
        result = "int" if name.endswith("2") and "bswap" not in name and "neg" not in name else value
        lines.append(f"{result} {name}({value}{second});")
        lines.append(f"static const struct vector {name}_vectors[] = {{{', '.join(rows)}}};")
        call = f"{name}(v->a{', v->b' if two else ''})"
        checks.append(
            f"for (unsigned i = 0; i < {len(rows)}; i++) {{ const struct vector *v = &{name}_vectors[i]; "
            f"same64({quoted(name)}, v, {call}); }}"
        )
    return lines, checks


def formats():
    """(format, C arguments, text)."""
    numbers = [0, 1, -1, 42, -123456, 2**31 - 1, -(2**31)]
    for flags, width, precision in itertools.product(("", "-", "0", "+", " ", "-+"), ("", "9"), ("", ".0", ".5")):
        for number in numbers:
            if precision == ".0" and number == 0:
                continue  # C prints nothing, Python a 0
            form = f"%{flags}{width}{precision}d"
            # With a precision C ignores the flag 0, Python does not.
            python = form.replace("0", "", 1) if precision and flags == "0" else form
            yield form, f"{number}" if number != -(2**31) else "-2147483647 - 1", python % number
    for form, number in itertools.product(("%x", "%X", "%08x", "%-6x|", "%o", "%u"), (0, 9, 0xBEEF, 2**32 - 1)):
        yield form, f"{number}u", form % number
    for number in (0, 10**10, 2**63 - 1, -(2**63) + 1):
        yield "%lld", f"{number}ll", str(number)
        yield "%llx", f"{number}ll", f"{number & MASK:x}"
    yield "%#x %#o %#x", "255, 8, 0", "0xff 010 0"
    yield "%.0d|%5.0d|", "0, 0", "|     |"
    yield "%hd %hhd %hu %hhu", "65537 + 65536, 257, 65537, 257", "1 1 1 1"
    yield "%ld %lu %zu %jd", "-5l, 5ul, sizeof(int), -7ll", "-5 5 4 -7"
    yield "%s|%5s|%-5s|%.2s|%5.1s|", '"abc", "ab", "ab", "abc", "xyz"', "abc|   ab|ab   |ab|    x|"
    yield "%s", "(char *)0", "(null)"
    yield "%c%3c%-3c|", "'a', 'b', 'c'", "a  bc  |"
    yield "%p", "(void *)0x1234", "0x1234"
    yield "%*d|%-*d|%.*s|%*d", '4, 7, 4, 7, 2, "abc", -3, 1', "   7|7   |ab|1  "
    yield "100%% %y", "0", "100% y"


#: Statements that must hold, for what has no equal in Python.
CLAIMS = r"""
    strcmp("a", "a") == 0 && strcmp("a", "b") < 0 && strcmp("ab", "a") > 0 && strcmp("\xff", "a") > 0
    strncmp("abc", "abd", 2) == 0 && strncmp("abc", "abd", 3) < 0
    strncmp("a", "a", 9) == 0 && strncmp("a", "b", 0) == 0
    strlen("") == 0 && strnlen("abc", 2) == 2 && strnlen("abc", 9) == 3
    strcmp(strcpy(buffer, "one"), "one") == 0 && strcmp(strcat(buffer, "two"), "onetwo") == 0
    strncpy(buffer, "ab", 5) == buffer && memcmp(buffer, "ab\0\0\0o", 6) == 0
    strncpy(buffer, "xyz", 2) == buffer && memcmp(buffer, "xy\0", 3) == 0
    strchr(word, 'l') == word + 2 && strchr(word, 0) == word + 5 && !strchr(word, 'x')
    strrchr(word, 'l') == word + 3 && strrchr(word, 0) == word + 5 && !strrchr(word, 'x')
    strstr(word, "lo") == word + 3 && strstr(word, "") == word && !strstr(word, "lol")
    memchr(word, 'o', 5) == word + 4 && !memchr(word, 'o', 4) && memchr("\xff", 255, 1)
    memcmp(memmove(strcpy(buffer, "abcdef") + 2, buffer, 4), "abcd", 4) == 0
    memcmp(memmove(buffer, strcpy(buffer, "abcdef") + 2, 5), "cdef", 5) == 0
    strtol("  -12x", &end, 10) == -12 && *end == 'x' && strtol("0x1F", &end, 0) == 31 && !*end
    strtol("017", 0, 0) == 15 && strtol("zz", 0, 36) == 1295 && strtol("0x", &end, 16) == 0 && *end == 'x'
    strtol("99999999999", 0, 10) == 2147483647 && strtol("-99999999999", 0, 10) == -2147483647 - 1
    strtol("-2147483648", 0, 10) == -2147483647 - 1 && strtoul("4294967295", 0, 10) == 4294967295u
    strtoul("4294967296", 0, 10) == 4294967295u && strtoul("-1", 0, 10) == 4294967295u
    strtol("none", &end, 10) == 0 && *end == 'n' && atoi("+7") == 7 && abs(-3) == 3
    snprintf(buffer, 4, "%d", 123456) == 6 && strcmp(buffer, "123") == 0 && snprintf(0, 0, "abc") == 3
    sprintf(buffer, "%d", 5) == 1 && strcmp(buffer, "5") == 0
    isdigit('5') && !isdigit('a') && isalpha('z') && isalpha('A') && !isalpha('[') && isalnum('0') && !isalnum('_')
    isspace('\n') && isspace(' ') && !isspace('x') && isupper('Q') && islower('q') && isxdigit('F') && !isxdigit('g')
    isprint(' ') && !isprint('\n') && ispunct('!') && !ispunct('a') && iscntrl(127) && iscntrl(0) && !iscntrl(' ')
    toupper('a') == 'A' && toupper('1') == '1' && tolower('Z') == 'z' && tolower('{') == '{'
    sorts(0) && sorts(1) && sorts(2) && sorts(7) && sorts(20)
    (p = malloc(10)) && (q = malloc(10)) && p != q && memset(p, 1, 10) && (free(p), free(q), 1)
    (p = calloc(3, 5)) && sum(p, 15) == 0 && (memset(p, 7, 15), free(p), 1) && !calloc(65536, 65537)
    (p = realloc(0, 5)) && (memset(p, 3, 5), q = realloc(p, 100)) && sum(q, 5) == 15 && (free(q), 1)
    (p = malloc(33)) && realloc(p, 20) == p && realloc(p, 48) == p && !realloc(p, 99999)
    ksize(p) == 48 && !realloc(p, 0)
    ksize(p) == 0
"""

SOURCE = """
#include <ctype.h>
#include <kernel.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char word[] = "hello";
static char buffer[40], *end;
static unsigned char *p, *q;
static int bad;

struct vector {
	uint64_t a, b, result;
};

static void same64(const char *what, const struct vector *v, uint64_t found)
{
	if (found != v->result) {
		bad++;
		printf("%s(%llx, %llx) is %llx, not %llx\\n", what, v->a, v->b, found, v->result);
	}
}

static void same_text(const char *what, const char *wanted)
{
	if (strcmp(buffer, wanted) != 0) {
		bad++;
		printf("'%s' gives '%s', not '%s'\\n", what, buffer, wanted);
	}
}

static int sum(const unsigned char *bytes, int count)
{
	int total = 0;
	while (count--) total += *bytes++;
	return total;
}

static int by_value(const void *a, const void *b) { return *(const int *)a - *(const int *)b; }

static int sorts(int count)
{
	int values[20], seed = 7;
	for (int i = 0; i < count; i++) values[i] = seed = (seed * 1103 + 12345) % 50;
	qsort(values, count, sizeof values[0], by_value);
	for (int i = 1; i < count; i++) if (values[i - 1] > values[i]) return 0;
	for (int i = 0; i < count; i++) {
		int *found = bsearch(&values[i], values, count, sizeof values[0], by_value);
		if (!found || *found != values[i]) return 0;
	}
	int none = 99;
	return !bsearch(&none, values, count, sizeof values[0], by_value);
}
"""


def quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def source() -> str:
    tables, checks = arithmetic_source()
    lines = [SOURCE, *tables]
    checks += [
        f"snprintf(buffer, sizeof buffer, {quoted(form)}, {arguments}); same_text({quoted(form)}, {quoted(text)});"
        for form, arguments, text in formats()
    ]
    for claim in CLAIMS.strip().splitlines():
        checks.append(f"if (!({claim.strip()})) {{ bad++; puts({quoted(claim.strip())}); }}")
    # In parts: one function of all this would be too much for a call's time.
    parts = [checks[at : at + 25] for at in range(0, len(checks), 25)]
    for number, part in enumerate(parts):
        lines += [f"static void part{number}(void)", "{", *part, "}"]
    calls = ", ".join(f"part{number}" for number in range(len(parts)))
    lines += [f"static void (*const parts[])(void) = {{{calls}}};"]
    lines += ["int user_run(unsigned number)", "{"]
    lines += ["\tif (number >= sizeof parts / sizeof parts[0]) return -1;", "\tparts[number]();", "\treturn bad;", "}"]
    return "\n".join([*lines, ""])


MAIN = """
#include "console.h"
int user_run(unsigned number);
int image_main(void)
{
	int bad = 0, result;
	for (unsigned number = 0; (result = user_run(number)) >= 0; number++) {
		bad = result;
		console_print("part %u\\n", number);
	}
	console_print("end %d, bad %d\\n", result, bad);
	return bad;
}
"""


@pytest.mark.parametrize("compiler", COMPILERS)
def test_library(tmp_path, monkeypatch, compiler):
    monkeypatch.setenv("CROSS_COMPILE", COMPILERS[compiler])
    user = tmp_path / "modules" / "user"
    user.mkdir(parents=True)
    (user / "user.c").write_text(source())
    flags = "stack = 1024\nheap = 1024\nbudget = 2000000\n[operations.user_run]\n"
    (user / "module.toml").write_text(flags)
    (tmp_path / "main.c").write_text(MAIN)
    (tmp_path / "image.toml").write_text('modules = ["user"]')
    with (tmp_path / "log").open("wb") as log:
        result = simulate(build_image(tmp_path).elf, max_cycles=20_000_000, stdout=log)
    text = (tmp_path / "log").read_text()
    assert text.splitlines()[-1] == "end -1, bad 0", text[-2000:]
    assert (result.failure, result.escapes) == (0, 0)


@pytest.mark.parametrize("source", sorted((FIRMWARE / "public").glob("*.[cS]")), ids=lambda path: path.name)
def test_no_variables(source):
    """The public window can be read and executed, nothing else."""
    each = ObjectFile(source.name, compile_object(source, include_dirs=[FIRMWARE / "include"]).read_bytes())
    assert each.size_of("data", "zeros") == 0
