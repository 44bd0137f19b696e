-- no-transaction
-- Reports come in all the time; an index made the usual way would hold them up for as long as it takes.
CREATE INDEX CONCURRENTLY tracking_data_recorded_at ON tracking_data (recorded_at);
