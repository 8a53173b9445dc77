-- Pictures of pages, and what the reviewer's console remembers.

-- Derived pictures are blobs like uploads, each under a key of its own.
CREATE TABLE page_pictures (
    document_id TEXT NOT NULL REFERENCES documents (id),
    page BIGINT NOT NULL,
    -- Pixels.
    width BIGINT NOT NULL,
    height BIGINT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (document_id, page)
);
CREATE INDEX page_pictures_by_blob ON page_pictures (sha256);

-- People who use the console.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    -- Argon2 in PHC form; NULL until the holder has set one.
    password TEXT,
    -- Digest of the one-time secret that lets the holder set a password, and until when.
    setup_digest TEXT,
    setup_until BIGINT,
    failures BIGINT NOT NULL DEFAULT 0,
    locked_until BIGINT NOT NULL DEFAULT 0,
    created_at BIGINT NOT NULL
);

CREATE TABLE sessions (
    -- Of the cookie's secret, which is kept nowhere.
    digest TEXT PRIMARY KEY,
    account_id TEXT NOT NULL REFERENCES accounts (id),
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL
);
