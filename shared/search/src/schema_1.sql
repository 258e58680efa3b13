-- Schema 1 of the template search index.

CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;

-- Who may find what stands here. live = 0: the deprecated and the wholly yanked.
CREATE TABLE shelf (
    no       INTEGER PRIMARY KEY,
    audience TEXT NOT NULL,
    live     INTEGER NOT NULL,
    UNIQUE (audience, live)
);

-- A filter value, such as category = genomics. no = sequence * 8 + kind.
CREATE TABLE facet (
    no    INTEGER PRIMARY KEY,
    kind  INTEGER NOT NULL,
    value TEXT NOT NULL,
    UNIQUE (kind, value)
);

CREATE TABLE facet_count (
    shelf INTEGER NOT NULL,
    kind  INTEGER NOT NULL,
    facet INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (shelf, kind, facet)
) WITHOUT ROWID;

-- A template on a shelf. row = shelf << 40 | sequence, shared with the words table. Numbers that are listed
-- largest first are negated, so that every order ascends and one key comparison pages through it.
CREATE TABLE entry (
    row            INTEGER PRIMARY KEY,
    shelf          INTEGER NOT NULL,
    template_id    TEXT NOT NULL,
    revision       TEXT NOT NULL,
    by_rating      INTEGER NOT NULL,
    by_downloads   INTEGER NOT NULL,
    by_trend       INTEGER NOT NULL,
    by_update      INTEGER NOT NULL,
    by_creation    INTEGER NOT NULL,
    by_name        TEXT NOT NULL,
    facets         TEXT NOT NULL, -- ",3,17,": facet numbers
    name_keys      TEXT NOT NULL  -- what it is in name_key under, separated by blanks
);
CREATE INDEX entry_template ON entry (template_id);
CREATE INDEX entry_rating   ON entry (shelf, by_rating, template_id);
CREATE INDEX entry_download ON entry (shelf, by_downloads, template_id);
CREATE INDEX entry_trend    ON entry (shelf, by_trend, template_id);
CREATE INDEX entry_update   ON entry (shelf, by_update, template_id);
CREATE INDEX entry_creation ON entry (shelf, by_creation, template_id);
CREATE INDEX entry_name     ON entry (shelf, by_name, template_id);

CREATE TABLE name_key (
    shelf INTEGER NOT NULL,
    key   TEXT NOT NULL,
    row   INTEGER NOT NULL,
    PRIMARY KEY (shelf, key, row)
) WITHOUT ROWID;

-- The words come split and folded already; the tokenizer only separates at blanks.
CREATE VIRTUAL TABLE words USING fts5 (
    name, title, tags, body, facets,
    tokenize = 'unicode61 remove_diacritics 2', prefix = '2 3'
);
-- Bytes that gather in memory before they become a segment: fewer segments, less merging.
INSERT INTO words (words, rank) VALUES ('hashsize', 16777216);

-- In how many entries of a shelf a word is: what decides that a word needs correcting, and to what.
CREATE TABLE term (
    shelf INTEGER NOT NULL,
    word  TEXT NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (shelf, word)
) WITHOUT ROWID;

CREATE TABLE vocabulary (
    no    INTEGER PRIMARY KEY,
    word  TEXT NOT NULL UNIQUE,
    count INTEGER NOT NULL
);

-- Words by what is left of them with up to two letters taken out.
CREATE TABLE near_word (
    key  INTEGER NOT NULL,
    word INTEGER NOT NULL,
    PRIMARY KEY (key, word)
) WITHOUT ROWID;
