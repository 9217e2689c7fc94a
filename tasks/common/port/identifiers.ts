import { isUnresolved, oneLine } from '../text/plain-text.ts';

/** As Port's API states them: letters of any script, digits and some signs, no spaces. */
const entityPattern = /^(?!\.{1,2}$)[\p{L}0-9@_.+:\\/=-]+$/u;
const blueprintPattern = /^(?!\.{1,2}$)[\p{L}0-9@_.+:\\/-]+$/u;
const longestEntityIdentifier = 1000;
const longestBlueprintIdentifier = 100;

/** What is wrong with an entity's identifier, as the end of a sentence that names it; undefined where nothing is. */
export function identifierProblem(identifier: string): string | undefined {
  if (isUnresolved(identifier)) return unresolved(identifier);
  if (identifier.length > longestEntityIdentifier)
    return `is longer than ${longestEntityIdentifier} characters`;
  if (entityPattern.test(identifier)) return undefined;
  return `"${oneLine(identifier, 60)}" has characters that Port does not take: use letters, digits and @ _ . + : \\ / = -, no spaces`;
}

/** The same for a blueprint's identifier. */
export function blueprintProblem(identifier: string): string | undefined {
  if (isUnresolved(identifier)) return unresolved(identifier);
  if (identifier.length > longestBlueprintIdentifier)
    return `is longer than ${longestBlueprintIdentifier} characters`;
  if (blueprintPattern.test(identifier)) return undefined;
  return `"${oneLine(identifier, 60)}" has characters that Port does not take: use letters, digits and @ _ . + : \\ / -, no spaces. It is the blueprint's identifier, not its title`;
}

function unresolved(text: string): string {
  return `"${oneLine(text, 60)}" holds an expression that nothing replaced: is the variable defined, and spelled like this?`;
}

/** The characters of any text that an identifier may have; the others become `-`. */
export function asIdentifier(text: string): string {
  return text.replace(/[^\p{L}0-9@_.+:=-]+/gu, '-').replace(/^-+|-+$/g, '');
}
