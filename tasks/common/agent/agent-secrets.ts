/**
 * Takes the passwords out of the environment before task-lib is loaded: while it loads, it writes them into the debug log, and a
 * key for them into a file. Has to be imported first.
 */
function take(name: string): string | undefined {
  const value = process.env[name];
  Reflect.deleteProperty(process.env, name);
  return value === '' ? undefined : value;
}

export const proxyPassword = take('SECRET_AGENT_PROXYPASSWORD');
export const clientCertificatePassword = take('SECRET_AGENT_CLIENTCERTPASSWORD');
