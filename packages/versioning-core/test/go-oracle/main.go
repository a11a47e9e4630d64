// Command go-oracle answers questions about Go versions with golang.org/x/mod itself: one JSON object a line in, one a line out.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

type question struct {
	Op           string   `json:"op"`
	Path         string   `json:"path"`
	Version      string   `json:"version"`
	Other        string   `json:"other"`
	Prefix       string   `json:"prefix"`
	PathMajor    string   `json:"pathMajor"`
	Tags         []string `json:"tags"`
	TagsAtCommit []string `json:"tagsAtCommit"`
	Time         int64    `json:"time"`
	Rev          string   `json:"rev"`
	Text         string   `json:"text"`
	// What is retracted, as the text of a go.mod.
	Retracting string `json:"retracting"`
}

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 1<<20)
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	for in.Scan() {
		var q question
		if err := json.Unmarshal(in.Bytes(), &q); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		if err := encoder.Encode(answer(q)); err != nil {
			os.Exit(1)
		}
	}
}

func answer(q question) map[string]any {
	switch q.Op {
	case "compare":
		return map[string]any{"order": semver.Compare(q.Version, q.Other)}
	case "read":
		return read(q.Version)
	case "check":
		return map[string]any{"ok": module.Check(q.Path, q.Version) == nil}
	case "split":
		prefix, major, ok := module.SplitPathVersion(q.Path)
		return map[string]any{"ok": ok && module.CheckPath(q.Path) == nil, "prefix": prefix, "major": major}
	case "match":
		return map[string]any{"ok": module.MatchPathMajor(q.Version, q.PathMajor)}
	case "retractions":
		intervals, err := retractions(q.Text)
		return map[string]any{"ok": err == nil, "retracted": intervals}
	case "retracting":
		return map[string]any{"tag": retracting(q)}
	case "derive":
		return map[string]any{"version": derive(q)}
	}
	return map[string]any{"error": "unknown op " + q.Op}
}

func read(v string) map[string]any {
	r := map[string]any{"valid": semver.IsValid(v), "canonical": semver.Canonical(v), "pseudo": module.IsPseudoVersion(v)}
	base, errBase := module.PseudoVersionBase(v)
	t, errTime := module.PseudoVersionTime(v)
	rev, errRev := module.PseudoVersionRev(v)
	if errBase == nil && errTime == nil && errRev == nil {
		r["base"], r["time"], r["rev"] = base, t.Unix(), rev
	}
	return r
}

type interval struct {
	Low  string `json:"low"`
	High string `json:"high"`
}

func retractions(text string) ([]interval, error) {
	f, err := modfile.ParseLax("go.mod", []byte(text), nil)
	if err != nil {
		return nil, err
	}
	intervals := []interval{}
	for _, r := range f.Retract {
		intervals = append(intervals, interval{r.Low, r.High})
	}
	return intervals, nil
}

// retracting is cmd/go/internal/modfetch/coderepo.go (Versions and retractedVersions), with go.mod in place.
func retracting(q question) string {
	versions := []string{}
	for _, tag := range q.Tags {
		if !strings.HasPrefix(tag, q.Prefix) {
			continue
		}
		v := tag[len(q.Prefix):]
		if v == "" || v != semver.Canonical(v) || module.IsPseudoVersion(v) || module.CheckPathMajor(v, q.PathMajor) != nil {
			continue
		}
		versions = append(versions, v)
	}
	if len(versions) == 0 || strings.HasSuffix(q.PathMajor, "-unstable") {
		return ""
	}
	semver.Sort(versions)
	for i := len(versions) - 1; i >= 0; i-- {
		if semver.Prerelease(versions[i]) == "" {
			return q.Prefix + versions[i]
		}
	}
	return q.Prefix + versions[len(versions)-1]
}

// derive is cmd/go/internal/modfetch/coderepo.go (convert) and codehost/git.go (RecentTag), with go.mod in place, and the
// history and the retractions given.
func derive(q question) string {
	intervals, err := retractions(q.Retracting)
	if err != nil {
		intervals = nil
	}
	isRetracted := func(v string) bool {
		for _, r := range intervals {
			if semver.Compare(r.Low, v) <= 0 && semver.Compare(v, r.High) <= 0 {
				return true
			}
		}
		return false
	}
	tagToVersion := func(tag string) (string, bool) {
		if !strings.HasPrefix(tag, q.Prefix) {
			return "", false
		}
		trimmed := tag[len(q.Prefix):]
		if module.IsPseudoVersion(tag) {
			return "", false
		}
		v := semver.Canonical(trimmed)
		if v == "" || !strings.HasPrefix(trimmed, v) {
			return "", false
		}
		return v, v == trimmed
	}
	highest := ""
	for _, tag := range q.TagsAtCommit {
		v, canonical := tagToVersion(tag)
		if canonical && semver.Compare(highest, v) < 0 && !isRetracted(v) && module.MatchPathMajor(v, q.PathMajor) {
			highest = v
		}
	}
	if highest != "" {
		return highest
	}
	recent := ""
	for _, tag := range append(q.Tags, q.TagsAtCommit...) {
		v, _ := tagToVersion(tag)
		if v == "" || !module.MatchPathMajor(v, q.PathMajor) || isRetracted(v) {
			continue
		}
		if version := tag[len(q.Prefix):]; semver.Compare(version, recent) > 0 {
			recent = version
		}
	}
	older := ""
	if recent != "" {
		older, _ = tagToVersion(q.Prefix + recent)
	}
	return module.PseudoVersion(module.PathMajorPrefix(q.PathMajor), older, time.Unix(q.Time, 0), q.Rev)
}
