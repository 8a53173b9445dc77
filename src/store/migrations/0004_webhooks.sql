-- Deliveries of events to the endpoints of the settings (queue/webhooks). Where each endpoint stands is a row
-- of `relays`, named 'webhook NAME': its position is the last event that deliveries were written for.
CREATE TABLE webhook_deliveries (
    -- As the endpoint is told it: of event and endpoint, the same however often it is sent.
    id TEXT PRIMARY KEY,
    endpoint TEXT NOT NULL,
    event_seq BIGINT NOT NULL REFERENCES events (seq),
    state TEXT NOT NULL,
    attempts BIGINT NOT NULL,
    due_at BIGINT NOT NULL,
    -- A code.
    last_error TEXT,
    created_at BIGINT NOT NULL,
    closed_at BIGINT,
    UNIQUE (endpoint, event_seq)
);
CREATE INDEX webhook_deliveries_open ON webhook_deliveries (endpoint, event_seq) WHERE state = 'queued';
CREATE INDEX webhook_deliveries_closed ON webhook_deliveries (closed_at) WHERE closed_at IS NOT NULL;
