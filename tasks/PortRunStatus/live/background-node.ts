import { delimiter, dirname, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/** How the background process is started. */
export interface BackgroundNode {
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
}

/** What Node needs to start, what it reads of proxies, and what tells the agent that the process is an orphan of this job. */
const plainVariables =
  /^(path|systemroot|windir|temp|tmp|home|userprofile|node_use_system_ca|vsts_process_lookup_id|(https?|all|no)_proxy)$/i;

/** Paths of certificates and of OpenSSL's own settings, which may be relative to the folder that the step runs in. */
const pathVariables = /^(node_extra_ca_certs|ssl_cert_file|ssl_cert_dir|openssl_conf|openssl_modules)$/i;

/** The options of Node that decide which certificates and which TLS count. */
const tlsFlag =
  /^--(no-)?(use-(system|openssl|bundled)-ca|openssl-(config|shared-config|legacy-provider)|(force|enable)-fips|tls-(min|max)-v1\.[0-3]|tls-cipher-list)(=|$)/;

const configFlag = '--openssl-config=';

/** Of these the value may be the next word. */
const flagWithValue = /^--(openssl-config|tls-cipher-list)$/;

/**
 * A Node that trusts what this one trusts. It stands in the folder of its script: Windows lets nobody delete or rename a folder
 * that a process stands in, and a later step may check out the sources anew.
 */
export function backgroundNode(
  script: string,
  environment: Environment,
  execArgv: readonly string[],
): BackgroundNode {
  const options = [...optionWords(variable(environment, 'NODE_OPTIONS') ?? ''), ...execArgv];
  return { args: [...tlsFlags(options), script], cwd: dirname(script), env: inherited(environment) };
}

function inherited(environment: Environment): Record<string, string> {
  const entries = Object.entries(environment).flatMap(([name, value]): [string, string][] => {
    if (value === undefined) return [];
    if (plainVariables.test(name)) return [[name, value]];
    return pathVariables.test(name) ? [[name, absolute(value)]] : [];
  });
  return Object.fromEntries(entries);
}

/** One path, or several as in PATH. */
function absolute(paths: string): string {
  return paths
    .split(delimiter)
    .map((path) => (path === '' ? path : resolve(path)))
    .join(delimiter);
}

/** The environment of Windows knows no case. */
function variable(environment: Environment, name: string): string | undefined {
  return environment[name] ?? Object.entries(environment).find(([key]) => key.toUpperCase() === name)?.[1];
}

function tlsFlags(options: readonly string[]): readonly string[] {
  return options.flatMap((option, index) => {
    if (!tlsFlag.test(option)) return [];
    const value = options[index + 1];
    if (flagWithValue.test(option) && value !== undefined) return [option, valueOf(option, value)];
    return [option.startsWith(configFlag) ? configFlag + resolve(option.slice(configFlag.length)) : option];
  });
}

function valueOf(option: string, value: string): string {
  return option === '--openssl-config' ? resolve(value) : value;
}

/**
 * The words of NODE_OPTIONS as Node reads them: blanks part them but in double quotes, where a backslash takes the next sign as it is.
 * With quotes that are not closed no Node starts.
 */
function optionWords(text: string): readonly string[] {
  return Array.from(text.matchAll(/(?:[^ "]|"(?:\\.|[^"\\])*")+/gs), ([word]) =>
    word.replace(/"((?:\\.|[^"\\])*)"/gs, (_quoted, inner: string) => inner.replace(/\\(.)/gs, '$1')),
  );
}
