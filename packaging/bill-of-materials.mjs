import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What c2l is made of, as CycloneDX. The serial number and the time of making go, or no two would be the same. */
export async function billOfMaterials(outFolder) {
  const made = execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '--omit=dev', '--package-lock-only'], {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const { serialNumber, ...bill } = JSON.parse(made);
  const { timestamp, ...metadata } = bill.metadata;
  const file = join(outFolder, 'sbom.cdx.json');
  await writeFile(file, `${JSON.stringify({ ...bill, metadata }, null, 2)}\n`);
  return file;
}
