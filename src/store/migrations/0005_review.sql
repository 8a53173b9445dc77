-- What reviewers do with an application beside deciding it.

-- What a person says that a field of a document says. Rows are only added; the newest about a field holds. The same
-- value as before: the person bore it out.
CREATE TABLE corrections (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    -- One version of a slot.
    document_id TEXT NOT NULL REFERENCES documents (id),
    field TEXT NOT NULL,
    -- JSON: the value before and the value since.
    values_sealed TEXT NOT NULL,
    -- The revision of the application that the person looked at.
    revision BIGINT NOT NULL,
    corrected_by TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX corrections_by_application ON corrections (application_id, id);
