-- What was declared before a correction, for as long as the application is kept.
CREATE TABLE earlier_declarations (
    application_id TEXT NOT NULL REFERENCES applications (id),
    -- The revision that the correction made.
    until_revision BIGINT NOT NULL,
    sealed TEXT NOT NULL,
    corrected_by TEXT NOT NULL,
    corrected_at BIGINT NOT NULL,
    PRIMARY KEY (application_id, until_revision)
);
