import { randomBytes } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { projectJson, repositoryOf } from '../build-json.ts';
import { AzureError, badRequest } from '../errors.ts';
import { type JsonObject, bodyOf, isObject, strings, text } from '../json.ts';
import { addPullRequest } from '../source.ts';
import type { State } from '../state.ts';
import { type RouteTable, type Routes, serve } from './context.ts';
import { requireRepository } from './source.ts';

/** The object id of a ref that is not there. */
const nothing = '0'.repeat(40);

const objectsIn = (value: unknown): JsonObject[] => (Array.isArray(value) ? value.filter(isObject) : []);

function filesOf(changes: unknown): Record<string, string> {
  return Object.fromEntries(
    objectsIn(changes).map(({ changeType, item, newContent }) => {
      const { path = '' } = strings(item);
      // Microsoft's typed client says 1.
      const isAdded = changeType === 'add' || changeType === 1;
      if (!isAdded || !path.startsWith('/'))
        throw badRequest('The local Azure DevOps takes changes that add a file, by its path from the root.');
      return [path, strings(newContent).content ?? ''];
    }),
  );
}

/** A commit on a branch that is not there yet: the local repository is a folder, which nobody changes. */
function push(state: State, request: FastifyRequest, reply: FastifyReply): JsonObject {
  requireRepository(state, request);
  const { refUpdates, commits } = bodyOf(request);
  const [update, commit] = [objectsIn(refUpdates)[0], objectsIn(commits)[0]];
  const name = text(update?.name);
  if (commit === undefined || !name.startsWith('refs/heads/'))
    throw badRequest('TF401035: A push needs one commit, and one ref that begins with refs/heads/.');
  if (update?.oldObjectId !== nothing || state.branches.has(name))
    throw new AzureError(
      409,
      'GitReferenceStaleException',
      `TF401028: The reference '${name}' has already been updated by another client, so you cannot update it. Please try again.`,
    );
  const parents: unknown[] = Array.isArray(commit.parents) ? commit.parents : [];
  const made = {
    id: randomBytes(20).toString('hex'),
    message: text(commit.comment),
    author: state.requestedFor,
    date: new Date().toISOString(),
    parents: parents.map(String),
    workItems: [],
  };
  state.branches.set(name, { commit: made, files: filesOf(commit.changes) });
  reply.code(201);
  return {
    commits: [{ commitId: made.id }],
    refUpdates: [{ name, oldObjectId: nothing, newObjectId: made.id }],
    pushId: state.branches.size,
  };
}

function openPullRequest(state: State, request: FastifyRequest, reply: FastifyReply): JsonObject {
  requireRepository(state, request);
  const { sourceRefName, targetRefName, title } = strings(bodyOf(request));
  const branch = state.branches.get(sourceRefName ?? '');
  if (branch === undefined)
    throw badRequest(
      `TF401398: The pull request cannot be activated because the source branch is not there.`,
    );
  const made = addPullRequest(state, {
    title: title ?? '',
    status: 'active',
    sourceBranch: sourceRefName ?? '',
    commits: [branch.commit.id],
  });
  reply.code(201);
  const { id, name } = repositoryOf(state);
  return {
    repository: { id, name, project: projectJson(state) },
    pullRequestId: made.id,
    status: made.status,
    title: made.title,
    sourceRefName,
    targetRefName,
  };
}

/** What a script writes to a repository of the project: a branch, and a pull request for it. */
export function gitWriteRoutes(routes: Routes): void {
  const { state } = routes;
  const pushes: RouteTable = {
    'POST git/repositories/:repository/pushes': (request, reply) => push(state, request, reply),
  };
  const requests: RouteTable = {
    'POST git/repositories/:repository/pullrequests': (request, reply) =>
      openPullRequest(state, request, reply),
  };
  serve(routes, { resource: 'Repositories', permission: 'GenericContribute', jobs: 'any' }, pushes);
  serve(routes, { resource: 'Repositories', permission: 'PullRequestContribute', jobs: 'any' }, requests);
}
