import type { JobContext } from '../state/job-context.ts';
import type { StepContext } from '../state/step-context.ts';
import type { ServiceConnection } from '../types.ts';
import { type StoredVariable, environmentName } from '../variables/variables.ts';
import { type TaskValues, expandValue } from './task-inputs.ts';

type Environment = Record<string, string>;

/** The environment of a node task: Handler.cs and NodeHandler.cs. Variables win over a step's own `env`. */
export function taskEnvironment(step: StepContext, values: TaskValues): Environment {
  const { job } = step;
  const all = job.variables.all();
  const open = all.filter(({ isSecret }) => !isSecret);
  const secret = all.filter(({ isSecret }) => isSecret);
  return {
    ...scriptEnvironment(step),
    ...named('INPUT_', Object.entries(values.inputs)),
    ...systemConnection(job),
    ...Object.fromEntries(values.connections.flatMap((one) => Object.entries(connectionVariables(one)))),
    ...publicVariables(open),
    VSTS_PUBLIC_VARIABLES: JSON.stringify(open.map(({ name }) => name)),
    ...named('SECRET_', secret.map(pair)),
    VSTS_SECRET_VARIABLES: JSON.stringify(secret.map(({ name }) => name)),
    ...named('VSTS_TASKVARIABLE_', step.planned.taskVariables.all().map(pair)),
  };
}

/** What a script sees: no secrets, no inputs; task-lib takes those away before it starts the shell. */
export function scriptEnvironment(step: StepContext): Environment {
  const { job, planned } = step;
  const own = Object.entries(planned.step.environment).map(
    ([name, value]) => [name.trim(), expandValue(value.trim(), job)] as const,
  );
  return {
    ...job.settings.environment,
    TF_BUILD: 'True',
    VSTS_PROCESS_LOOKUP_ID: job.lookupId,
    ENDPOINT_URL_SYSTEMVSSCONNECTION: job.request.collectionUrl,
    ...Object.fromEntries(own),
    ...publicVariables(job.variables.all().filter(({ isSecret }) => !isSecret)),
  };
}

const pair = ({ name, value }: StoredVariable) => [name, value] as const;

const named = (prefix: string, pairs: readonly (readonly [string, string])[]): Environment =>
  Object.fromEntries(pairs.map(([name, value]) => [prefix + environmentName(name), value]));

function publicVariables(variables: readonly StoredVariable[]): Environment {
  const status = variables.find(({ name }) => name.toLowerCase() === 'agent.jobstatus');
  // The job's status is there under its raw name as well.
  return {
    ...named('', variables.map(pair)),
    ...(status === undefined ? {} : { 'agent.jobstatus': status.value }),
  };
}

function systemConnection({ request }: JobContext): Environment {
  const parameters = { AccessToken: request.accessToken };
  return {
    ENDPOINT_URL_SYSTEMVSSCONNECTION: request.collectionUrl,
    ENDPOINT_AUTH_SYSTEMVSSCONNECTION: JSON.stringify({ parameters, scheme: 'OAuth' }),
    ENDPOINT_AUTH_SCHEME_SYSTEMVSSCONNECTION: 'OAuth',
    ENDPOINT_AUTH_PARAMETER_SYSTEMVSSCONNECTION_ACCESSTOKEN: request.accessToken,
  };
}

function connectionVariables(connection: ServiceConnection): Environment {
  const id = connection.id.toLowerCase();
  const { scheme, parameters } = connection.authorization;
  const data = connection.data ?? {};
  return {
    [`ENDPOINT_URL_${id}`]: uriText(connection.url),
    [`ENDPOINT_AUTH_${id}`]: JSON.stringify({ parameters, scheme }),
    [`ENDPOINT_AUTH_SCHEME_${id}`]: scheme,
    ...named(`ENDPOINT_AUTH_PARAMETER_${id}_`, Object.entries(parameters)),
    [`ENDPOINT_DATA_${id}`]: JSON.stringify(data),
    ...named(`ENDPOINT_DATA_${id}_`, Object.entries(data)),
  };
}

/** As .NET writes a Uri: a bare host gains a slash. */
const uriText = (url: string) => (URL.canParse(url) ? new URL(url).toString() : url);
