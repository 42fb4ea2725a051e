-- Two planners at once: what each has seen of a day or of a group has a version, as that of a session.
ALTER TABLE campaigns.days ADD COLUMN version integer NOT NULL DEFAULT 1;
ALTER TABLE campaigns.groups ADD COLUMN version integer NOT NULL DEFAULT 1;

CREATE TRIGGER days_version BEFORE UPDATE ON campaigns.days
    FOR EACH ROW
    WHEN ((OLD.sector, OLD.emergency_phone) IS DISTINCT FROM (NEW.sector, NEW.emergency_phone))
    EXECUTE FUNCTION campaigns.raise_version();
CREATE TRIGGER groups_version BEFORE UPDATE ON campaigns.groups
    FOR EACH ROW WHEN (OLD.name IS DISTINCT FROM NEW.name) EXECUTE FUNCTION campaigns.raise_version();
