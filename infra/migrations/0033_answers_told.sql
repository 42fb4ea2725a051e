-- What planners, teachers and hosts are told of a pupil's mail is found, and erased, by the pupil too.
DROP INDEX contract.notices_of_pupil;
CREATE INDEX notices_of_pupil ON contract.events ((body ->> 'pupil_id'))
    WHERE tag IN ('absence.announced', 'absence.lifted', 'follow_up.booked', 'follow_up.cancelled', 'absence.foreseen',
                  'letter.received', 'address.refused');
