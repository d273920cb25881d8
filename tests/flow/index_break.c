/* Breaks a copy index, or makes it one of another format, for index.sh:
 *
 *     index_break STATE flip DATABASE    bytes in the middle of every value
 *     index_break STATE format N         in the description
 *     index_break STATE old              an index of format 1 in its place
 *     index_break STATE list             the databases there are
 */
#include <lmdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void must(int rc, const char *what)
{
	if (rc == 0)
		return;
	fprintf(stderr, "index_break: %s: %s\n", what, mdb_strerror(rc));
	exit(1);
}

static MDB_txn *begin(const char *state, unsigned flags)
{
	MDB_env *env;
	MDB_txn *txn;
	must(mdb_env_create(&env), "create");
	must(mdb_env_set_maxdbs(env, 64), "maxdbs");
	must(mdb_env_set_mapsize(env, (size_t)1 << 34), "mapsize");
	must(mdb_env_open(env, state, flags, 0640), state);
	must(mdb_txn_begin(env, NULL, flags, &txn), "begin");
	return txn;
}

static void end(MDB_txn *txn)
{
	MDB_env *env = mdb_txn_env(txn);
	must(mdb_txn_commit(txn), "commit");
	mdb_env_close(env);
}

static void flip(MDB_txn *txn, const char *name)
{
	MDB_dbi dbi;
	MDB_cursor *c;
	MDB_val key, v;
	unsigned n = 0;
	must(mdb_dbi_open(txn, name, 0, &dbi), name);
	must(mdb_cursor_open(txn, dbi, &c), name);
	for (; mdb_cursor_get(c, &key, &v, MDB_NEXT) == 0; n++) {
		char *copy = malloc(v.mv_size + 1);
		if (!copy)
			exit(1);
		memcpy(copy, v.mv_data, v.mv_size);
		for (size_t i = v.mv_size / 2; i < v.mv_size; i += 256)
			copy[i] ^= 0x10;
		v.mv_data = copy;
		must(mdb_cursor_put(c, &key, &v, MDB_CURRENT), "put");
		free(copy);
	}
	mdb_cursor_close(c);
	printf("%u values of %s\n", n, name);
}

static void set_format(MDB_txn *txn, int format)
{
	MDB_dbi dbi;
	MDB_val key = { 5, "index" }, v;
	char copy[512];
	must(mdb_dbi_open(txn, "copy.meta", 0, &dbi), "copy.meta");
	must(mdb_get(txn, dbi, &key, &v), "index");
	if (v.mv_size > sizeof(copy))
		exit(1);
	memcpy(copy, v.mv_data, v.mv_size);
	copy[4] = (char)format;
	v.mv_data = copy;
	must(mdb_put(txn, dbi, &key, &v, 0), "put");
}

/* Names of all databases; calls fn for those of the copy index. */
static void each(MDB_txn *txn, void (*fn)(MDB_txn *, const char *))
{
	MDB_dbi all;
	MDB_cursor *c;
	MDB_val key, v;
	char names[64][64];
	size_t n = 0;
	must(mdb_dbi_open(txn, NULL, 0, &all), "list");
	must(mdb_cursor_open(txn, all, &c), "list");
	while (n < 64 && mdb_cursor_get(c, &key, &v, MDB_NEXT) == 0)
		if (key.mv_size < 64 && key.mv_size > 5 && !memcmp(key.mv_data, "copy.", 5)) {
			memcpy(names[n], key.mv_data, key.mv_size);
			names[n++][key.mv_size] = '\0';
		}
	mdb_cursor_close(c);
	for (size_t i = 0; i < n; i++)
		fn(txn, names[i]);
}

static void print(MDB_txn *txn, const char *name)
{
	(void)txn;
	puts(name);
}

static void drop(MDB_txn *txn, const char *name)
{
	MDB_dbi dbi;
	must(mdb_dbi_open(txn, name, 0, &dbi), name);
	must(mdb_drop(txn, dbi, 1), name);
}

static void put(MDB_txn *txn, const char *name, unsigned flags, const char *key, const void *value, size_t len)
{
	MDB_dbi dbi;
	MDB_val k = { strlen(key), (void *)key }, v = { len, (void *)value };
	must(mdb_dbi_open(txn, name, MDB_CREATE | flags, &dbi), name);
	must(mdb_put(txn, dbi, &k, &v, 0), name);
}

static void make_old(MDB_txn *txn)
{
	static const char meta[24] = "CTix\1\0\0\0\1";
	each(txn, drop);
	put(txn, "copy.meta", 0, "index", meta, sizeof(meta));
	put(txn, "copy.entry.0", 0, "12345678", "an entry", 8);
	put(txn, "copy.mark.0", MDB_DUPSORT | MDB_DUPFIXED, "mark", "1234", 4);
	put(txn, "copy.mark.0", MDB_DUPSORT | MDB_DUPFIXED, "mark", "5678", 4);
	put(txn, "copy.id.0", 0, "0123456789abcdef", "12345678", 8);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 64;
	MDB_txn *txn = begin(argv[1], !strcmp(argv[2], "list") ? MDB_RDONLY : 0);
	if (!strcmp(argv[2], "flip") && argc == 4)
		flip(txn, argv[3]);
	else if (!strcmp(argv[2], "format") && argc == 4)
		set_format(txn, atoi(argv[3]));
	else if (!strcmp(argv[2], "old"))
		make_old(txn);
	else if (!strcmp(argv[2], "list"))
		each(txn, print);
	else
		return 64;
	end(txn);
	return 0;
}
