// An authority as cert-manager would be: it puts into a Secret what a Certificate asks for.
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export class Authority {
  #folder;
  #certificates;
  #made = new Set();

  constructor(folder, certificates) {
    this.#folder = folder;
    this.#certificates = certificates;
    this.#newKey('ca');
    this.#openssl('req -x509 -subj /CN=test -days 2 -key ca.key -out ca.crt');
  }

  // The content of a Secret's key, undefined when no Certificate makes that Secret.
  contentOf(secret, key) {
    if (key === 'ca.crt') return readFileSync(join(this.#folder, 'ca.crt'));
    const certificate = this.#certificates.find((one) => one.spec.secretName === secret);
    if (certificate === undefined) return undefined;
    if (!this.#made.has(secret)) this.#issue(secret, certificate.spec.dnsNames);
    return readFileSync(join(this.#folder, `${secret}.${key === 'tls.key' ? 'key' : 'crt'}`));
  }

  #issue(secret, names) {
    const extension = `subjectAltName=${names.map((one) => `DNS:${one}`).join(',')}\n`;
    writeFileSync(join(this.#folder, `${secret}.ext`), extension);
    this.#newKey(secret);
    this.#openssl(`req -new -subj / -key ${secret}.key -out ${secret}.csr`);
    this.#openssl(
      `x509 -req -days 1 -CA ca.crt -CAkey ca.key -CAcreateserial -extfile ${secret}.ext ` +
        `-in ${secret}.csr -out ${secret}.crt`,
    );
    this.#made.add(secret);
  }

  #newKey(name) {
    this.#openssl(`genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out ${name}.key`);
  }

  #openssl(words) {
    execFileSync('openssl', words.split(' '), { cwd: this.#folder, stdio: 'pipe' });
  }
}
