-- production
-- Every three-digit code and its place in the rows of the delivery matrix.

INSERT INTO reference.areas (zip3, place)
SELECT lpad(place::text, 3, '0'), place FROM generate_series(0, 999) AS place
ON CONFLICT (zip3) DO NOTHING;
