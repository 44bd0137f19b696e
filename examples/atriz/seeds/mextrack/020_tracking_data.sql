-- An hour of the first vehicle's way, a report every five minutes.
INSERT INTO tracking_data (vehicle_id, recorded_at, latitude, longitude, speed_kmh, heading)
SELECT vehicles.id, timestamptz '2026-01-15 08:00:00Z' + step * interval '5 minutes', 19.432608 + step * 0.002, -99.133209 - step * 0.003, 40 + step, 315
FROM vehicles CROSS JOIN generate_series(0, 11) AS step
WHERE vehicles.plate = 'MEX-101'
ON CONFLICT DO NOTHING;
