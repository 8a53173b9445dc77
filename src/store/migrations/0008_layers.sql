-- What can be laid over pages' pictures: blobs like these, each under a key of its own.
CREATE TABLE page_layers (
    document_id TEXT NOT NULL REFERENCES documents (id),
    page BIGINT NOT NULL,
    kind TEXT NOT NULL,
    sha256 TEXT NOT NULL REFERENCES blobs (sha256),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (document_id, page, kind)
);
CREATE INDEX page_layers_by_blob ON page_layers (sha256);
