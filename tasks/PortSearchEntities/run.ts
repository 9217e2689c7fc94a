import { TaskError } from '../common/errors.ts';
import { warnOfSecretInput } from '../common/inputs/secret-input.ts';
import type { Outcome, TaskContext } from '../common/main.ts';
import { keepMemoryFlat } from '../common/memory.ts';
import { JsonArrayFile } from '../common/outputs/json-array-file.ts';
import { withPicks } from '../common/outputs/pick.ts';
import { temporaryFile } from '../common/outputs/temporary-file.ts';
import { blueprintLookup } from '../common/port/blueprints.ts';
import type { PortClient } from '../common/port/client/client.ts';
import { typedQuery } from '../common/port/entities/query.ts';
import { type Search, searchEntities } from '../common/port/entities/search-entities.ts';
import { withPort } from '../common/port/session.ts';
import { oneLine } from '../common/text/plain-text.ts';
import { type SearchInputs, readInputs } from './inputs.ts';
import { setOutputs } from './outputs.ts';
import { SearchResult } from './search-result.ts';

/** PortSearchEntities: reads every page of a search into a file, and what fits of it into outputs. */
export async function run(context: TaskContext): Promise<Outcome> {
  const { host } = context;
  const inputs = readInputs(host);
  warnOfSecretInput(host, 'query');
  keepMemoryFlat();
  // How long a search takes depends on what it finds, so the budget counts from each answer anew.
  return withPort(
    context,
    inputs,
    async (port) => {
      const path = inputs.resultFile ?? temporaryFile(host, 'port-entities-', 'entities.json');
      const search = await searchOf(port, inputs);
      const found = await readAll(context, port, { search, inputs, path });
      setOutputs(context, inputs, { found, path, appUrl: port.connection.appUrl });
      const where =
        inputs.blueprint === undefined ? 'in the catalog' : `of blueprint ${oneLine(inputs.blueprint)}`;
      if (found.count === 0 && inputs.failsIfNone) {
        throw new TaskError(
          'PORT_ENTITIES',
          `No entity ${where} matches the query. Check its properties, operators and values, or set failIfNone to false.`,
        );
      }
      const more = found.hasMore ? ' There are more in Port: limit ended the search.' : '';
      return {
        result: 'Succeeded',
        message: `Found ${counted(found.count)} ${where}; they are in ${path}.${more}`,
      };
    },
    { isLong: true },
  );
}

function counted(count: number): string {
  return count === 1 ? '1 entity' : `${count} entities`;
}

/** What outputs are made of must be there, whatever else is included. */
async function searchOf(
  port: PortClient,
  { blueprint, query, include, limit, picks }: SearchInputs,
): Promise<Search> {
  return {
    blueprint,
    query: query === undefined ? undefined : await typedQuery(query, blueprint, blueprintLookup(port)),
    include: withPicks(include, picks, ['identifier', 'title', 'blueprint']),
    limit,
  };
}

/** The file is there whole, or not at all. */
async function readAll(
  context: TaskContext,
  port: PortClient,
  { search, inputs, path }: { search: Search; inputs: SearchInputs; path: string },
): Promise<SearchResult> {
  const found = new SearchResult(inputs.picks);
  const file = await JsonArrayFile.open(context, path, true);
  try {
    for await (const { entities, hasMore } of searchEntities(port, search)) {
      file.write(entities);
      for (const entity of entities) found.add(entity);
      found.hasMore = hasMore;
    }
  } catch (error) {
    file.discard();
    throw error;
  }
  await file.close();
  return found;
}
