-- Whom an organisation knows, and as whom: those its planners may see, and are told of where mails to them come back.
CREATE VIEW campaigns.known_people AS
SELECT o.organisation_id, r.pupil_id AS person_id, 'pupil' AS role, r.pupil_id
FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id
UNION ALL
SELECT o.organisation_id, r.guardian_id, 'guardian', r.pupil_id
FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id WHERE r.guardian_id IS NOT NULL
UNION ALL
SELECT o.organisation_id, q.person_id, 'host', NULL
FROM campaigns.host_requests q
JOIN campaigns.sessions s ON s.id = q.session_id
JOIN campaigns.offers o ON o.id = s.offer_id
UNION ALL
SELECT s.organisation_id, s.person_id, 'speaker', NULL
FROM campaigns.speakers s WHERE s.person_id IS NOT NULL AND s.organisation_id IS NOT NULL AND s.removed_at IS NULL
UNION ALL
SELECT o.organisation_id, r.enrolled_by, 'teacher', NULL
FROM campaigns.registrations r JOIN campaigns.offers o ON o.id = r.offer_id WHERE r.enrolled_by IS NOT NULL
UNION ALL
SELECT o.organisation_id, t.teacher_id, 'teacher', NULL
FROM campaigns.referent_teachers t
JOIN campaigns.registrations r ON r.id = t.registration_id
JOIN campaigns.offers o ON o.id = r.offer_id
UNION ALL
SELECT c.lead_id, p.person_id, 'partner', NULL
FROM campaigns.agreements a
JOIN campaigns.campaigns c ON c.id = a.campaign_id AND c.lead_id IS NOT NULL AND c.lead_id <> a.organisation_id
JOIN (SELECT organisation_id, person_id FROM campaigns.contacts
      UNION SELECT organisation_id, person_id FROM campaigns.members WHERE role IN ('owner', 'planner')) p
    ON p.organisation_id = a.organisation_id
UNION ALL
SELECT organisation_id, person_id, 'member', NULL FROM campaigns.members
UNION ALL
SELECT organisation_id, person_id, 'invited', NULL
FROM campaigns.member_invitations WHERE accepted_at IS NULL AND revoked_at IS NULL
UNION ALL
SELECT organisation_id, person_id, 'contact', NULL FROM campaigns.contacts
UNION ALL
SELECT organisation_id, person_id, 'correspondent', NULL FROM campaigns.correspondents;
