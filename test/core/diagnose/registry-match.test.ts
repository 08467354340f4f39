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
])('an entry for %s and the image %s: %s', (entry, image, covers) => {
  expect(coversImage([entry], image)).toBe(covers);
});
