-- What a relay to a broker has to remember (queue/broker). Without a broker nothing here changes.

-- Since when a message about the job is believed to be on its way. NULL: there is none. A worker that takes
-- the job takes the message with it.
ALTER TABLE jobs ADD COLUMN published_at BIGINT;
CREATE INDEX jobs_published ON jobs (published_at) WHERE published_at IS NOT NULL;

-- Whoever carries events on in their order: one process at a time, for a term.
CREATE TABLE relays (
    name TEXT PRIMARY KEY,
    -- Number of the last event that arrived for sure.
    position BIGINT NOT NULL,
    owner TEXT,
    held_until BIGINT NOT NULL
);
INSERT INTO relays (name, position, held_until) VALUES ('events', 0, 0);
