/** Enough for Node to start, for TLS and proxies, and for the agent to find the process as an orphan. */
const inherited =
  /^(?:path|systemroot|windir|temp|tmp|home|userprofile|vsts_process_lookup_id|ssl_cert_.*|openssl_conf|node_(?:extra_ca_certs|use_system_ca)|(?:https?|all|no)_proxy)$/i;

/** Node's flags about certificates and TLS, with their values: https://nodejs.org/api/cli.html */
const tlsFlags =
  /(?<=^|\s)--(?:use-(?:system|openssl|bundled)-ca|(?:tls|openssl)-[\w.-]+)(?:(?:=|\s+)(?:"[^"]*"|[^-\s"]\S*))?(?=\s|$)/g;

/** What the background process inherits: no secrets, and of `NODE_OPTIONS` what its connections need. */
export function processEnvironment(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const entries = Object.entries(environment).filter(([name]) => inherited.test(name));
  const options = environment.NODE_OPTIONS?.match(tlsFlags) ?? [];
  return { ...Object.fromEntries(entries), ...(options.length > 0 && { NODE_OPTIONS: options.join(' ') }) };
}
