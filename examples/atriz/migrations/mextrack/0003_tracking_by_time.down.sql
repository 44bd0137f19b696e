-- no-transaction
DROP INDEX CONCURRENTLY IF EXISTS tracking_data_recorded_at;
