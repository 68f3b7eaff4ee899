"""Looks for rows that break a rule of the data: each check finds the faulty ones by itself.

Every statement here walks whole tables on purpose; they run only when somebody asks for a proof.
"""

from typing import NamedTuple


class Fault(NamedTuple):
    """A rule, the statement that finds what breaks it, and the sentence for each row found.

    The first column is the subject, an id of the table `of`; `{0}`, `{1}`… of the sentence stand
    for the columns.
    """

    rule: str
    of: str
    sentence: str
    sql: str


FAULTS = (
    Fault(
        "charged once",
        "generations",
        "The ledger of generation {0} does not fit it: {1} with price {2}, {3} tokens used and "
        "{4} attempts, but {5} holds, {6} closings, {7} tokens charged.",
        """
SELECT g.id, g.status, g.price, g.tokens_used, g.retry_count + 1,
  coalesce(sum(e.kind = 'hold'), 0) AS holds,
  coalesce(sum(e.kind IN ('settle', 'release')), 0) AS closings,
  coalesce(sum(e.settled), 0) AS charged
FROM generations g LEFT JOIN token_entries e ON e.generation_id = g.id
GROUP BY g.id
HAVING holds <> g.retry_count + 1
  OR sum(e.user_id <> g.user_id) > 0
  OR sum(e.kind = 'hold' AND e.delta <> -g.price) > 0
  OR CASE
    WHEN g.status IN ('pending', 'uploading', 'processing')
      THEN closings <> holds - 1 OR charged <> 0
      OR sum(e.delta) <> -g.price OR g.tokens_used <> g.price
    WHEN g.status = 'completed' THEN closings <> holds OR charged <> g.tokens_used
      OR sum(e.delta) <> -g.tokens_used
    ELSE closings <> holds OR charged <> 0 OR sum(e.delta) <> 0 OR g.tokens_used <> 0 END""",
    ),
    Fault(
        "ledger references",
        "token_entries",
        "The {1} entry {0} does not say what it belongs to, or names another's purchase.",
        """
SELECT e.id, e.kind FROM token_entries e LEFT JOIN token_purchases p ON p.id = e.purchase_id
WHERE (e.kind IN ('hold', 'settle', 'release')) <> (e.generation_id IS NOT NULL)
  OR (e.kind IN ('purchase', 'refund', 'reinstate')) <> (e.purchase_id IS NOT NULL)
  OR (e.purchase_id IS NOT NULL AND p.user_id IS NOT e.user_id)""",
    ),
    Fault(
        "purchases",
        "token_purchases",
        "The purchase {0} is {1} for {2} tokens, but the ledger shows {3} credits of {4} tokens "
        "and its refunds don't fit that.",
        """
SELECT p.id, p.status, p.tokens_received, coalesce(e.credits, 0), coalesce(e.credited, 0)
FROM token_purchases p LEFT JOIN (
  SELECT purchase_id, sum(kind = 'purchase') AS credits,
    sum(iif(kind = 'purchase', delta, 0)) AS credited
  FROM token_entries WHERE purchase_id IS NOT NULL GROUP BY purchase_id
) e ON e.purchase_id = p.id LEFT JOIN (
  SELECT purchase_id, sum(amount) AS ever, sum(iif(status = 'done', amount, 0)) AS done,
    sum(iif(status = 'reversed', 0, tokens)) AS claimed
  FROM token_refunds GROUP BY purchase_id
) r ON r.purchase_id = p.id
WHERE CASE p.status
  WHEN 'completed' THEN coalesce(e.credits, 0) <> 1 OR e.credited <> p.tokens_received
    OR coalesce(r.done, 0) >= p.amount OR p.completed_at IS NULL
  WHEN 'refunded' THEN coalesce(e.credits, 0) <> 1 OR e.credited <> p.tokens_received
    OR coalesce(r.ever, 0) < p.amount
  ELSE coalesce(e.credits, 0) <> 0 OR coalesce(r.claimed, 0) <> 0
    OR (r.purchase_id IS NOT NULL AND p.stripe_payment_intent_id IS NULL) END
  OR coalesce(r.claimed, 0) > p.tokens_received
  OR (p.gateway IS NOT NULL AND p.status IN ('completed', 'refunded')
    AND p.stripe_payment_intent_id IS NULL)""",
    ),
    Fault(
        "purchases",
        "token_purchases",
        "The purchase {0} went through a relay, but its signed receipt is missing.",
        """
SELECT id FROM token_purchases
WHERE gateway = 'relay' AND status IN ('completed', 'refunded') AND receipt IS NULL""",
    ),
    Fault(
        "refunds",
        "token_purchases",
        "The refunds of purchase {0} took {1} tokens and gave {2} back; the ledger shows {3} and "
        "{4}.",
        """
SELECT coalesce(r.purchase_id, e.purchase_id), coalesce(r.taken, 0), coalesce(r.back, 0),
  coalesce(e.taken, 0), coalesce(e.back, 0)
FROM (
  SELECT f.purchase_id, sum(f.taken) AS taken, sum(f.user_id <> p.user_id) AS foreigners,
    sum(iif(f.status = 'reversed', f.taken, 0)) AS back
  FROM token_refunds f JOIN token_purchases p ON p.id = f.purchase_id GROUP BY f.purchase_id
) r FULL JOIN (
  SELECT purchase_id, -sum(iif(kind = 'refund', delta, 0)) AS taken,
    sum(iif(kind = 'reinstate', delta, 0)) AS back
  FROM token_entries WHERE kind IN ('refund', 'reinstate') GROUP BY purchase_id
) e ON e.purchase_id = r.purchase_id
WHERE coalesce(r.taken, 0) <> coalesce(e.taken, 0) OR coalesce(r.back, 0) <> coalesce(e.back, 0)
  OR r.foreigners > 0""",
    ),
    Fault(
        "books of purchases",
        "users",
        "The purchases of user {0} don't close: {1} tokens paid for less {2} refunded are not {3} "
        "credited less {4} clawed back and {5} owed.",
        """
SELECT u.id, coalesce(p.paid, 0) AS paid, coalesce(r.refunded, 0) AS refunded,
  coalesce(e.credited, 0) AS credited, coalesce(e.clawed, 0) AS clawed,
  coalesce(r.owed, 0) AS owed
FROM users u LEFT JOIN (
  SELECT user_id, sum(tokens_received) AS paid FROM token_purchases
  WHERE status IN ('completed', 'refunded') GROUP BY user_id
) p ON p.user_id = u.id LEFT JOIN (
  SELECT user_id, sum(tokens) AS refunded, sum(tokens - taken) AS owed FROM token_refunds
  WHERE status <> 'reversed' GROUP BY user_id
) r ON r.user_id = u.id LEFT JOIN (
  SELECT user_id, sum(iif(kind = 'purchase', delta, 0)) AS credited,
    -sum(iif(kind = 'purchase', 0, delta)) AS clawed
  FROM token_entries WHERE kind IN ('purchase', 'refund', 'reinstate') GROUP BY user_id
) e ON e.user_id = u.id
WHERE coalesce(p.paid, 0) - coalesce(r.refunded, 0)
  <> coalesce(e.credited, 0) - coalesce(e.clawed, 0) - coalesce(r.owed, 0)""",
    ),
    Fault(
        "queue",
        "generations",
        "Generation {0} is {1} but has no place in the queue.",
        """
SELECT g.id, g.status FROM generations g WHERE g.status IN ('pending', 'uploading', 'processing')
  AND NOT EXISTS (SELECT 1 FROM jobs j WHERE j.generation_id = g.id
    AND j.attempt = g.retry_count AND j.provider = g.provider)""",
    ),
    Fault(
        "queue",
        "generations",
        "Generation {0} has a place in the queue although it is {1}.",
        """
SELECT j.generation_id, coalesce(g.status, 'not there') FROM jobs j
LEFT JOIN generations g ON g.id = j.generation_id
WHERE g.id IS NULL OR g.status NOT IN ('pending', 'uploading', 'processing')""",
    ),
    Fault(
        "states",
        "generations",
        "Generation {0} is {1}, and its end, error or place in the trash does not fit that.",
        """
SELECT id, status FROM generations
WHERE (status IN ('pending', 'uploading', 'processing')) <> (completed_at IS NULL)
  OR (status IN ('failed', 'cancelled')) <> (error_code IS NOT NULL)
  OR (status IN ('pending', 'uploading', 'processing') AND trashed_at IS NOT NULL)""",
    ),
    Fault(
        "links",
        "generations",
        "The {1} photo at place {2} of generation {0} is missing, belongs to somebody else, or "
        "does not fit that part.",
        """
SELECT l.generation_id, l.role, l.position FROM generation_files l
LEFT JOIN generations g ON g.id = l.generation_id LEFT JOIN files f ON f.id = l.file_id
WHERE g.id IS NULL OR f.id IS NULL OR f.user_id <> g.user_id
  OR f.category <> CASE l.role WHEN 'product' THEN 'product_image' WHEN 'model' THEN 'model_image'
    WHEN 'background' THEN 'background_image' ELSE 'generated_image' END
  OR (l.role = 'result' AND (f.generation_id IS NOT g.id OR g.status <> 'completed'))""",
    ),
    Fault(
        "links",
        "generations",
        "The photos of generation {0} have gaps in their order, no product, or no main result.",
        """
SELECT generation_id, sum(role = 'product') AS products, sum(role = 'model') AS models
FROM generation_files GROUP BY generation_id
HAVING products = 0
  OR max(iif(role = 'product', position, -1)) <> products - 1
  OR max(iif(role = 'model', position, -1)) <> models - 1
  OR (sum(role = 'result') > 0 AND sum(is_primary) <> 1)""",
    ),
    Fault(
        "links",
        "generations",
        "Generation {0} names no photo it was made from.",
        """
SELECT g.id FROM generations g
WHERE NOT EXISTS (SELECT 1 FROM generation_files l WHERE l.generation_id = g.id)""",
    ),
    Fault(
        "links",
        "files",
        "The {1} {0} is not linked with the generation that made it.",
        """
SELECT f.id, f.category FROM files f
WHERE (f.category = 'generated_image') <> (f.generation_id IS NOT NULL)
  OR (f.generation_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM generation_files l
    WHERE l.file_id = f.id AND l.role = 'result' AND l.generation_id = f.generation_id))""",
    ),
    Fault(
        "links",
        "users",
        "The profile picture of user {0} is missing or is no profile picture of theirs.",
        """
SELECT u.id FROM users u LEFT JOIN files f ON f.id = u.profile_image_id
WHERE u.profile_image_id IS NOT NULL
  AND (f.id IS NULL OR f.user_id <> u.id OR f.category <> 'profile_image')""",
    ),
    Fault(
        "kept counts",
        "users",
        "User {0} has {3} generations that are {1}; the kept count says {2}.",
        """
WITH actual AS MATERIALIZED (
  SELECT user_id, status, count(*) AS number, sum(tokens_used) AS tokens
  FROM generations GROUP BY user_id, status)
SELECT k.user_id, k.status, k.number, coalesce(a.number, 0) FROM generation_counts k
LEFT JOIN actual a ON a.user_id = k.user_id AND a.status = k.status
WHERE k.number <> coalesce(a.number, 0) OR k.tokens <> coalesce(a.tokens, 0)
UNION ALL SELECT a.user_id, a.status, 0, a.number FROM actual a
LEFT JOIN generation_counts k ON k.user_id = a.user_id AND k.status = a.status
WHERE k.user_id IS NULL""",
    ),
    Fault(
        "kept counts",
        "users",
        "User {0} has {3} pictures of the category {1}; the kept count says {2}.",
        """
WITH actual AS MATERIALIZED (
  SELECT user_id, category, 0 AS trashed, count(*) AS number, sum(size) AS bytes
  FROM files WHERE trashed_at IS NULL GROUP BY user_id, category
  UNION ALL SELECT user_id, category, 1, count(*), sum(size)
  FROM files WHERE trashed_at IS NOT NULL GROUP BY user_id, category)
SELECT k.user_id, k.category, k.number, coalesce(a.number, 0) FROM file_counts k
LEFT JOIN actual a
  ON a.user_id = k.user_id AND a.category = k.category AND a.trashed = k.trashed
WHERE k.number <> coalesce(a.number, 0) OR k.bytes <> coalesce(a.bytes, 0)
UNION ALL SELECT a.user_id, a.category, 0, a.number FROM actual a
LEFT JOIN file_counts k
  ON k.user_id = a.user_id AND k.category = a.category AND k.trashed = a.trashed
WHERE k.user_id IS NULL""",
    ),
    Fault(
        "kept counts",
        "batches",
        "Batch {0} has {3} rows that are {1}; the kept count says {2}.",
        """
WITH actual AS MATERIALIZED (
  SELECT batch_id, state AS status, count(*) AS number, 0 AS tokens
  FROM batch_items WHERE state <> 'started' GROUP BY batch_id, state
  UNION ALL SELECT batch_id, status, count(*), sum(tokens_used)
  FROM generations WHERE batch_id IS NOT NULL GROUP BY batch_id, status)
SELECT k.batch_id, k.status, k.number, coalesce(a.number, 0) FROM batch_counts k
LEFT JOIN actual a ON a.batch_id = k.batch_id AND a.status = k.status
WHERE k.number <> coalesce(a.number, 0) OR k.tokens <> coalesce(a.tokens, 0)
UNION ALL SELECT a.batch_id, a.status, 0, a.number FROM actual a
LEFT JOIN batch_counts k ON k.batch_id = a.batch_id AND k.status = a.status
WHERE k.batch_id IS NULL""",
    ),
    Fault(
        "batches",
        "batches",
        "Batch {0} has spent or holds {1} tokens, more than its budget of {2}.",
        """
SELECT b.id, sum(k.tokens) AS spent, b.budget FROM batches b
JOIN batch_counts k ON k.batch_id = b.id GROUP BY b.id HAVING spent > b.budget""",
    ),
    Fault(
        "search",
        "generations",
        "Generation {0} can't be found by its prompt: the search index does not know it.",
        "SELECT g.id FROM generations g WHERE NOT EXISTS"
        " (SELECT 1 FROM generation_search_docsize d WHERE d.id = g.id)",
    ),
    Fault(
        "search",
        "generations",
        "The search index knows a generation {0} that is not there.",
        "SELECT d.id FROM generation_search_docsize d WHERE NOT EXISTS"
        " (SELECT 1 FROM generations g WHERE g.id = d.id)",
    ),
    Fault(
        "search",
        "files",
        "The picture {0} can't be found by its name: the search index does not know it.",
        "SELECT f.id FROM files f WHERE NOT EXISTS"
        " (SELECT 1 FROM file_search_docsize d WHERE d.id = f.id)",
    ),
    Fault(
        "search",
        "files",
        "The search index knows a picture {0} that is not there.",
        "SELECT d.id FROM file_search_docsize d WHERE NOT EXISTS"
        " (SELECT 1 FROM files f WHERE f.id = d.id)",
    ),
    Fault(
        "log",
        "usage",
        "The log's record {0} ({1}) names a generation, purchase or picture that is not its "
        "user's.",
        """
SELECT u.id, u.action FROM usage u LEFT JOIN generations g ON g.id = u.generation_id
LEFT JOIN token_purchases p ON p.id = u.purchase_id LEFT JOIN files f ON f.id = u.file_id
WHERE (u.generation_id IS NOT NULL AND g.user_id IS NOT u.user_id)
  OR (u.purchase_id IS NOT NULL AND p.user_id IS NOT u.user_id)
  OR (f.id IS NOT NULL AND f.user_id <> u.user_id)""",
    ),
    Fault(
        "log",
        "users",
        "The log of user {0} tells of {1} started, {2} completed, {3} failed and {4} cancelled "
        "generations; the library has {5}, {6}, {7} and {8}.",
        """
WITH logged AS MATERIALIZED (
  SELECT user_id, sum(iif(action = 'generation_started', number, 0)) AS started,
    sum(iif(action = 'generation_completed', number, 0)) AS completed,
    sum(iif(action = 'generation_failed', number, 0)) AS failed,
    sum(iif(action = 'generation_cancelled', number, 0)) AS cancelled,
    sum(iif(action = 'generation_completed', tokens, 0)) AS tokens
  FROM usage_days GROUP BY user_id),
made AS MATERIALIZED (
  SELECT user_id, count(*) + sum(retry_count) AS started, sum(status = 'completed') AS completed,
    sum(status = 'failed') + sum(retry_count) AS failed, sum(status = 'cancelled') AS cancelled,
    sum(iif(status = 'completed', tokens_used, 0)) AS tokens
  FROM generations GROUP BY user_id)
SELECT m.user_id, l.started, l.completed, l.failed, l.cancelled,
  m.started, m.completed, m.failed, m.cancelled
FROM made m LEFT JOIN logged l ON l.user_id = m.user_id
WHERE l.started IS NOT m.started OR l.completed IS NOT m.completed
  OR l.failed IS NOT m.failed OR l.cancelled IS NOT m.cancelled OR l.tokens IS NOT m.tokens""",
    ),
)
