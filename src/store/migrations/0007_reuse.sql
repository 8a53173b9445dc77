-- What pages of one application are found again by in another (worker/reuse.rs).
CREATE TABLE page_prints (
    -- In the order of commits: who has seen n has seen all up to n.
    seq BIGINT PRIMARY KEY,
    document_id TEXT NOT NULL REFERENCES documents (id),
    application_id TEXT NOT NULL REFERENCES applications (id),
    page BIGINT NOT NULL,
    slot TEXT NOT NULL,
    -- The hash that candidates are found by, and the small picture that decides about them.
    hash_sealed TEXT NOT NULL,
    print_sealed TEXT NOT NULL,
    UNIQUE (document_id, page)
);
CREATE INDEX page_prints_of_application ON page_prints (application_id);

-- `prints_erased` counts erasures, so that what a process keeps in its memory goes as well.
INSERT INTO counters (name, value) VALUES ('print', 0), ('prints_erased', 0);
