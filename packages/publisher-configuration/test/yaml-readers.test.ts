import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { component, needs } from '@ameide/local-registries/components';
import { createWorkspace } from '@ameide/publisher-kit';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readYaml } from '../src/check/yaml.ts';
import { numberText, READERS, type Understood } from '../src/check/yaml-readers.ts';

/** Plain scalars on which people report that readers differ, their neighbours, and harmless ones. */
const SCALARS = readFileSync(new URL('yaml-scalars.txt', import.meta.url), 'utf8')
  .trimEnd()
  .split('\n');

/** As the program for each reader prints them, one line of JSON for all. */
type Answers = readonly string[];

const NUMBERS = { '+Inf': Infinity, '-Inf': -Infinity, inf: Infinity, '-inf': -Infinity } as const;

function understood(answer: string): Understood {
  if (/^(?:text|time|error|null|boolean:)/.test(answer)) return answer as Understood;
  const number = answer.replace('number:', '');
  if (/^[-+]?\d+$/.test(number)) return numberText(BigInt(number));
  return numberText(NUMBERS[number as keyof typeof NUMBERS] ?? Number(number));
}

async function folder(): Promise<string> {
  const workspace = await createWorkspace();
  onTestFinished(async () => workspace.dispose());
  writeFileSync(join(workspace.directory, 'scalars.json'), JSON.stringify(SCALARS));
  return workspace.directory;
}

const PYTHON = `
import datetime, json, yaml
def show(value):
    if value is None: return 'null'
    if isinstance(value, bool): return 'boolean:' + str(value).lower()
    if isinstance(value, (int, float)): return 'number:' + repr(value)
    if isinstance(value, datetime.date): return 'time'
    return 'text'
def read(plain):
    try: return show(yaml.safe_load('- ' + plain)[0])
    except Exception: return 'error'
print(json.dumps([read(plain) for plain in json.load(open('scalars.json'))]))
`;

const GO = `package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	v3 "gopkg.in/yaml.v3"
	k8s "sigs.k8s.io/yaml"
)

func show(value any, err error) string {
	if err != nil {
		return "error"
	}
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return fmt.Sprintf("boolean:%v", value)
	case time.Time:
		return "time"
	case string:
		return "text"
	case json.Number:
		_, err := strconv.ParseUint(strings.TrimPrefix(value.String(), "-"), 10, 64)
		_, signed := value.Int64()
		if err == nil && (signed == nil || value[0] != '-') {
			return "number:" + value.String()
		}
		// It was a float before it became JSON.
		float, _ := value.Float64()
		return fmt.Sprintf("number:%v", float)
	}
	return fmt.Sprintf("number:%v", value)
}

func main() {
	var scalars []string
	text, _ := os.ReadFile("scalars.json")
	json.Unmarshal(text, &scalars)
	answers := [2][]string{}
	for _, plain := range scalars {
		item := []any{nil}
		err := v3.Unmarshal([]byte("- "+plain+"\\n"), &item)
		answers[0] = append(answers[0], show(item[0], err))
		text, err := k8s.YAMLToJSON([]byte("- " + plain + "\\n"))
		item = []any{nil}
		if err == nil {
			var raw []json.RawMessage
			json.Unmarshal(text, &raw)
			var number json.Number
			if json.Unmarshal(raw[0], &number) == nil && raw[0][0] != '"' && string(raw[0]) != "null" {
				item[0] = number
			} else {
				json.Unmarshal(raw[0], &item[0])
			}
		}
		answers[1] = append(answers[1], show(item[0], err))
	}
	json.NewEncoder(os.Stdout).Encode(answers)
}
`;

const GO_MOD = `module probe
go 1.22
require (
	go.yaml.in/yaml/v2 v2.4.2
	gopkg.in/yaml.v3 v3.0.1
	sigs.k8s.io/yaml v1.6.0
)
`;

async function askPyYaml(): Promise<Answers> {
  const cwd = await folder();
  const python = component('pyyaml').path ?? '';
  return JSON.parse(execFileSync(python, ['-c', PYTHON], { cwd, encoding: 'utf8' }));
}

async function askGo(): Promise<readonly [Answers, Answers]> {
  const cwd = await folder();
  writeFileSync(join(cwd, 'go.mod'), GO_MOD);
  writeFileSync(join(cwd, 'main.go'), GO);
  const { path: modules = '' } = component('go-yaml');
  const offline = {
    GOPROXY: `file://${modules}/cache/download`,
    GONOSUMDB: '*',
    GONOSUMCHECK: '1',
  };
  const env = {
    ...process.env,
    ...offline,
    GOFLAGS: '-mod=mod',
    GOWORK: 'off',
    GOTOOLCHAIN: 'local',
  };
  const go = component('go').path ?? '';
  return JSON.parse(execFileSync(go, ['run', '.'], { cwd, env, encoding: 'utf8' }));
}

const [V3, KUBERNETES] = ['Go’s yaml.v3', 'sigs.k8s.io/yaml (kubectl, Helm)'] as const;

/** A note says so if, and only if, the real readers differ from what we read. */
function expectNotes(name: keyof typeof READERS, answers: Answers): void {
  for (const [index, plain] of SCALARS.entries()) {
    const theirs = understood(answers[index] ?? '');
    const { documents, notes } = readYaml(`- ${plain}\n`);
    const [ours] = (documents[0]?.value ?? []) as readonly unknown[];
    const isSame = kindOf(ours) === theirs;
    const isTold = notes.some(({ what }) => kindFor(what, name) !== kindFor(what, 'YAML 1.2'));
    expect({ plain, read: READERS[name](plain) }).toEqual({ plain, read: theirs });
    expect({ plain, isTold }).toEqual({ plain, isTold: !isSame });
  }
}

function kindOf(value: unknown): Understood {
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'boolean') return `boolean:${value}`;
  return value === null ? 'null' : 'text';
}

/** The part of a note that names the reader: `is text to YAML 1.2, a boolean to PyYAML: …`. */
function kindFor(what: string, name: string): string | undefined {
  return what
    .replace(/: (?:put|write) .*$/, '')
    .split(/, (?=(?:a|an|another|null|text)\b)/)
    .find((part) => part.includes(name));
}

describe('what readers of YAML understand', () => {
  test('the table has at least 60 scalars', () => {
    expect(new Set(SCALARS).size).toBeGreaterThan(150);
  });

  needs('pyyaml')('asked', () => {
    test('PyYAML', async () => {
      expectNotes('PyYAML', await askPyYaml());
    });
  });

  needs('go', 'go-yaml')('asked', () => {
    test('yaml.v3 and sigs.k8s.io/yaml', async () => {
      const [v3, kubernetes] = await askGo();
      expectNotes(V3, v3);
      expectNotes(KUBERNETES, kubernetes);
    }, 120_000);
  });
});
