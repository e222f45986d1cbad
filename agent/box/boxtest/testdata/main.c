#include "hostile.h"

static const struct act *const all[] = {plain_acts, greedy_acts, nosy_acts, lasting_acts, refused_acts};

int main(int argc, char **argv)
{
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		for (const struct act *a = all[i]; a->name; a++)
			if (argc > 1 && !strcmp(a->name, argv[1]))
				return a->play(argc > 2 ? argv[2] : "");
	fprintf(stderr, "no such act\n");
	return 99;
}
