import { expect, test } from '@jest/globals';
import { coversImage, imageRepository } from '../../../src/core/diagnose/registry-match.ts';

test.each([
  ['busybox', 'docker.io/library/busybox'],
  ['busybox:1.36', 'docker.io/library/busybox'],
  ['grafana/grafana:11.3.0', 'docker.io/grafana/grafana'],
  ['docker.io/busybox', 'docker.io/library/busybox'],
  ['index.docker.io/grafana/grafana', 'docker.io/grafana/grafana'],
  ['localhost/app', 'localhost/app'],
  ['localhost:5000/app:1', 'localhost:5000/app'],
  ['Registry/app', 'Registry/app'],
  ['registry.example', 'docker.io/library/registry.example'],
  ['localhost', 'docker.io/library/localhost'],
  ['team/app', 'docker.io/team/app'],
  ['registry.example.test/a/b/c:1', 'registry.example.test/a/b/c'],
  ['registry.example.test/team/app@sha256:0123', 'registry.example.test/team/app'],
])('%s is looked up as %s', (image, repository) => {
  expect(imageRepository(image)).toBe(repository);
});

test.each<[entry: string, image: string, covers: boolean]>([
  ['https://index.docker.io/v1/', 'busybox', true],
  ['index.docker.io', 'grafana/grafana:11.3.0', true],
  ['docker.io', 'busybox:1.36', true],
  ['docker.io/library', 'grafana/grafana', false],
  ['https://index.docker.io/v1/', 'registry.example.test/app', false],
  ['registry.example.test', 'registry.example.test/app:1', true],
  ['https://registry.example.test', 'registry.example.test/app:1', true],
  ['https://registry.example.test/v2/', 'registry.example.test/app:1', true],
  ['registry.example.test:5000', 'registry.example.test/app', false],
  ['registry.example.test', 'registry.example.test:5000/app', false],
  ['registry.example.test:5000', 'registry.example.test:5000/app', true],
  ['registry.example.test/team', 'registry.example.test/team/app', true],
  ['registry.example.test/team', 'registry.example.test/other/app', false],
  ['*.example.test', 'registry.example.test/app', true],
  ['*.example.test', 'a.registry.example.test/app', false],
  ['*.*.example.test', 'a.registry.example.test/app', true],
  ['reg*.example.test', 'registry.example.test/app', true],
  ['example.test', 'registry.example.test/app', false],
  ['*', 'registry.example.test/app', false],
  ['http://registry.example.test', 'registry.example.test/app', true],
  ['registry.example.test/https://team', 'registry.example.test/https://team/app', true],
  ['registry.example.test/v2/team/x', 'registry.example.test/team/x/app', true],
  ['registry.example.test/v2/team/x', 'registry.example.test/teamx/app', false],
  ['reg.stry.example.test', 'registry.example.test/app', false],
  ['registryxexample.test', 'registry.example.test/app', false],
])('an entry for %s and the image %s: %s', (entry, image, covers) => {
  expect(coversImage([entry], image)).toBe(covers);
});
