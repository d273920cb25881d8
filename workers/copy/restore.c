#include "workers/copy/restore.h"

#include <errno.h>

#include "workers/copy/entry.h"
#include "workers/copy/private.h"

int copy_index_renew(struct store *store, const struct copy_config *config, struct copy_index **ret, struct err *err)
{
	struct copy_index *x = copy_index_make(config, &lmdb_backend);

	if (!x)
		return err_set(err, -ENOMEM, "out of memory");
	int rc = lmdb_backend_renew(store, config->window_ms, &x->backend, err);
	if (rc)
		copy_index_free(&x);
	else
		*ret = x;
	return rc;
}

static int put_claims(struct copy_index *x, uint64_t doc, const struct copy_restore *r)
{
	char form[ULID_TEXT + 1];
	struct str id = r->item.article_id;

	if (r->n_claims == 0)
		return 0;
	ulid_format(&r->item.id, form);
	buf_reset(&x->bytes);
	claims_write(&x->bytes, str_is(id, form) ? id : STR(""), r->claims, r->n_claims);
	return x->bytes.failed ? -ENOMEM : x->ops->put_claims(x->backend, doc, buf_view(&x->bytes));
}

static int restore_one(struct copy_index *x, const struct judge_view *view, struct copy_restore *r)
{
	struct judge_notes notes;
	uint64_t doc;

	if (!copy_has_entry(&r->item))
		return 0;
	int rc = judge_notes(x->judge, view, &r->item, &notes);
	if (rc)
		return rc;
	doc = x->ops->next(x->backend);
	rc = copy_enter(x, &r->item, &notes, ENTRY_PUBLISHED);
	return rc ? rc : put_claims(x, doc, r);
}

int copy_index_restore(struct copy_index *x, struct store_txn *txn, struct copy_restore *items, size_t n, size_t *ret_n)
{
	int rc = x->ops->begin(x->backend, txn);

	if (rc)
		return rc;
	uint64_t before = x->ops->next(x->backend);
	struct judge_view view = copy_view(x, NULL, 0, 0);
	for (size_t i = 0; i < n && rc == 0; i++)
		rc = restore_one(x, &view, &items[i]);
	if (rc == 0) {
		*ret_n = (size_t)(x->ops->next(x->backend) - before);
		rc = x->ops->flush(x->backend);
	}
	x->ops->end(x->backend);
	return rc;
}

int copy_index_renewed(struct copy_index *x, struct store_txn *txn)
{
	return lmdb_backend_renewed(x->backend, txn);
}
