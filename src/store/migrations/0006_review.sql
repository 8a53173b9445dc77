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

-- Where an application under review stands among reviewers, and who put it there: NULL, `on_hold`, or `second_look`
-- when a rejection was proposed and waits for a second person.
ALTER TABLE applications ADD COLUMN review TEXT;
ALTER TABLE applications ADD COLUMN review_by TEXT;

-- Holds and proposed rejections, and their ends. Rows are only added.
CREATE TABLE review_steps (
    id TEXT PRIMARY KEY,
    application_id TEXT NOT NULL REFERENCES applications (id),
    revision BIGINT NOT NULL,
    step TEXT NOT NULL,
    reasons_sealed TEXT NOT NULL,
    actor TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX review_steps_by_application ON review_steps (application_id, id);
