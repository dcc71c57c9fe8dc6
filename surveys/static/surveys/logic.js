/* Which questions are asked, given the answers so far, and whether an answer is taken: the same as
   surveys/domain/walk.py, expressions.py and checking.py say in Python. No DOM, no network, no clock of its own. */

export const isEmpty = (answer) => answer === null || answer === undefined || answer === "" || (Array.isArray(answer) && !answer.length);

/** The questions that are asked, in order: id → whether it must be answered. `reached` takes the sections one comes to. */
export function asked(sections, answers, reached = new Set()) {
  const shown = new Map(), seen = new Map();
  let ahead = "";
  for (const section of sections) {
    if (ahead === section.id) ahead = "";
    const isShown = holds(section.visible_if, seen);
    if (isShown && !ahead) reached.add(section.id);
    for (const question of section.questions ?? []) {
      if (ahead === question.id) ahead = "";
      if (ahead || !isShown || !holds(question.visible_if, seen)) continue;
      shown.set(question.id, Boolean(question.required) || (question.required_if != null && holds(question.required_if, seen)));
      if (question.id in answers && !isEmpty(answers[question.id])) seen.set(question.id, answers[question.id]);
      ahead = onward(question, seen);
    }
    ahead ||= isShown ? section.skip_to ?? "" : "";
  }
  return shown;
}

/** Whether a condition holds; always, where there is none. */
export function holds(condition, seen) {
  if (condition == null) return true;
  const of = condition.of ?? [];
  switch (condition.op) {
    case "and": return of.every((each) => holds(each, seen));
    case "or": return of.some((each) => holds(each, seen));
    case "not": return !of.some((each) => holds(each, seen));
  }
  const id = condition.question ?? "";
  return seen.has(id) && compares(condition.op, plain(seen.get(id)), condition.value ?? null);
}

function onward(question, seen) {
  const chosen = seen.has(question.id) ? [plain(seen.get(question.id))].flat() : [];
  for (const option of question.options ?? []) if (option.skip_to && chosen.includes(option.value)) return option.skip_to;
  return (question.skip_to ?? []).find((skip) => holds(skip.when, seen))?.to ?? "";
}

function plain(answer) {
  if (Array.isArray(answer)) return answer.map(plain);
  return answer !== null && typeof answer === "object" ? answer.value ?? null : answer;
}

function compares(op, answer, value) {
  switch (op) {
    case "answered": return true;
    case "eq": return same(answer, value);
    case "ne": return !same(answer, value);
    case "in": return Array.isArray(value) && value.some((each) => same(answer, each));
    case "contains":
      if (Array.isArray(answer)) return answer.some((each) => same(each, value));
      return typeof answer === "string" && typeof value === "string" && answer.includes(value);
  }
  if (typeof answer !== typeof value || !["number", "string"].includes(typeof answer)) return false;
  return { gt: answer > value, gte: answer >= value, lt: answer < value, lte: answer <= value }[op];
}

const same = (one, other) => one === other;

/** Whether an answer is what its question's schema takes: the keywords that surveys/domain/schema.py uses. */
export function takes(schema, answer) {
  const type = Array.isArray(answer) ? "array" : answer === null ? "null" : typeof answer;
  if (schema.type === "integer" ? !Number.isInteger(answer) : schema.type && schema.type !== type) return false;
  if ("const" in schema && answer !== schema.const) return false;
  if (schema.enum && !schema.enum.includes(answer)) return false;
  if (schema.anyOf && !schema.anyOf.some((each) => takes(each, answer))) return false;
  if (schema.allOf && !schema.allOf.every((each) => takes(each, answer))) return false;
  if (schema.not && takes(schema.not, answer)) return false;
  const rules = { string: takesText, number: takesNumber, array: takesList, object: takesObject }[type];
  return rules ? rules(schema, answer) : true;
}

function takesText(schema, text) {
  const length = [...text].length;
  if (length < (schema.minLength ?? 0) || length > (schema.maxLength ?? Infinity)) return false;
  return !schema.pattern || new RegExp(schema.pattern, "u").test(text);
}

const takesNumber = (schema, number) =>
  number >= (schema.minimum ?? -Infinity) && number <= (schema.maximum ?? Infinity) &&
  number > (schema.exclusiveMinimum ?? -Infinity) && number < (schema.exclusiveMaximum ?? Infinity);

function takesList(schema, list) {
  if (list.length < (schema.minItems ?? 0) || list.length > (schema.maxItems ?? Infinity)) return false;
  if (schema.uniqueItems && new Set(list.map((each) => JSON.stringify(each))).size < list.length) return false;
  return list.every((each) => takes(schema.items ?? {}, each));
}

function takesObject(schema, object) {
  const properties = schema.properties ?? {};
  if ((schema.required ?? []).some((name) => !(name in object))) return false;
  if (schema.additionalProperties === false && Object.keys(object).some((name) => !(name in properties))) return false;
  return Object.entries(properties).every(([name, each]) => !(name in object) || takes(each, object[name]));
}

/** Whether an answer is taken: by its schema, and where it is a date by the calendar and its bounds. */
export function isValid(question, schema, answer, now) {
  if (!takes(schema, answer)) return false;
  if (question.type !== "date") return true;
  const [day] = answer.split("T");
  if (!isDay(question.include_year === false ? `2000-${day}` : day)) return false;
  const bound = (text, hours) => (text === "today" ? new Date(now.getTime() + hours * 3_600_000).toISOString().slice(0, 10) : text);
  return !(question.min_date && day < bound(question.min_date, -12)) && !(question.max_date && day > bound(question.max_date, 14));
}

function isDay(text) {
  const [year, month, day] = text.split("-").map(Number);
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= days[month - 1];
}
