// Reads calendars, one line of base64 each, and says in a line of JSON what ical.js (Thunderbird's parser) makes of them.
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const { default: ICAL } = await import(pathToFileURL(process.argv[2]));

const inUtc = (time) => time.convertToZone(ICAL.Timezone.utcTimezone).toString();

function entry(event, start, end) {
  return {
    uid: event.uid,
    start: inUtc(start),
    end: inUtc(end),
    summary: event.summary,
    location: event.location ?? "",
    description: event.description ?? "",
    status: event.component.getFirstPropertyValue("status") ?? "",
    sequence: event.sequence,
  };
}

function read(text) {
  const calendar = new ICAL.Component(ICAL.parse(text));
  const entries = [];
  for (const component of calendar.getAllSubcomponents("vevent")) {
    if (component.hasProperty("recurrence-id")) continue;
    const event = new ICAL.Event(component);
    if (!event.isRecurring()) {
      entries.push(entry(event, event.startDate, event.endDate));
      continue;
    }
    const occurrences = event.iterator();
    for (let next = occurrences.next(); next; next = occurrences.next()) {
      const { item, startDate, endDate } = event.getOccurrenceDetails(next);
      entries.push(entry(item, startDate, endDate));
    }
  }
  const value = (name) => calendar.getFirstPropertyValue(name);
  return { method: value("method"), name: value("name"), components: calendar.getAllSubcomponents().length, entries };
}

for await (const line of createInterface({ input: process.stdin })) {
  try {
    console.log(JSON.stringify(read(Buffer.from(line, "base64").toString("utf8"))));
  } catch (error) {
    console.log(JSON.stringify({ fault: String(error) }));
  }
}
