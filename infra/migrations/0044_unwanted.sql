-- What somebody does not want to be sent any more: a message by its name. Only of what is not essential (message.py).
CREATE TABLE contract.unwanted (
    person_id uuid NOT NULL REFERENCES contract.people ON DELETE CASCADE,
    message text NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (person_id, message)
);
