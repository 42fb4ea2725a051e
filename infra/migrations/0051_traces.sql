-- Where in a trace a fact was made (W3C Trace Context: `traceparent`), for who follows a request to the mail server's
-- answer. Ids only; empty where no collector is named, or the request was not picked.
ALTER TABLE contract.events ADD COLUMN traceparent text;
