-- Distances are reckoned by town, once for all offers of it: no query needs them by row.
DROP FUNCTION campaigns.kilometres(double precision, double precision, double precision, double precision);
