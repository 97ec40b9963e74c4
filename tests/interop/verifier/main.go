// Command verifier is a second opinion about a log of Kept: it shares no code with it, and takes signed notes and
// Merkle trees from golang.org/x/mod/sumdb. What C2SP adds to these (paths, entry bundles, cosignatures, proof files)
// is written here from the specifications.
//
//	verifier FOLDER LOG-VKEY WITNESS-VKEY PROOF-FILE
//
// It ends with 0 if the checkpoint is signed by the log and the witness, every tile follows from the entries, the root
// follows from the tiles, and the proof leads from its entry to that root.
package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: verifier FOLDER LOG-VKEY WITNESS-VKEY PROOF-FILE")
		os.Exit(2)
	}
	tree, err := verify(os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err != nil {
		fmt.Println("NOT VERIFIED:", err)
		os.Exit(1)
	}
	fmt.Printf("verified %d %s\n", tree.N, tree.Hash)
}

func verify(folder, logKey, witnessKey, proofFile string) (tlog.Tree, error) {
	known, err := keys(logKey, witnessKey)
	if err != nil {
		return tlog.Tree{}, err
	}
	signed, err := os.ReadFile(filepath.Join(folder, "checkpoint"))
	if err != nil {
		return tlog.Tree{}, err
	}
	tree, err := open(signed, known)
	if err != nil {
		return tree, err
	}
	entries, err := readEntries(folder, tree.N)
	if err != nil {
		return tree, err
	}
	if err := checkTiles(folder, tree, entries); err != nil {
		return tree, err
	}
	if err := checkFromAbove(folder, tree, entries); err != nil {
		return tree, err
	}
	return tree, checkProof(proofFile, known, entries)
}

// checkTiles computes every tile from the entries alone, and compares it with the file.
func checkTiles(folder string, tree tlog.Tree, entries [][]byte) error {
	var stored []tlog.Hash
	read := tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		hashes := make([]tlog.Hash, len(indexes))
		for i, index := range indexes {
			hashes[i] = stored[index]
		}
		return hashes, nil
	})
	for n, entry := range entries {
		hashes, err := tlog.StoredHashes(int64(n), entry, read)
		if err != nil {
			return err
		}
		stored = append(stored, hashes...)
	}
	root, err := tlog.TreeHash(tree.N, read)
	if err != nil {
		return err
	}
	if root != tree.Hash {
		return errors.New("the entries do not lead to the signed root")
	}
	for _, tile := range tlog.NewTiles(height, 0, tree.N) {
		want, err := tlog.ReadTileData(tile, read)
		if err != nil {
			return err
		}
		found, err := os.ReadFile(filepath.Join(folder, path(tile)))
		if err != nil {
			return err
		}
		if !bytes.Equal(want, found) {
			return fmt.Errorf("%s is not what the entries make it", path(tile))
		}
	}
	return nil
}

// checkFromAbove has the library authenticate the tiles from the root down, and prove every 97th entry and the last.
func checkFromAbove(folder string, tree tlog.Tree, entries [][]byte) error {
	read := tlog.TileHashReader(tree, files{folder})
	for n := int64(0); n < tree.N; n++ {
		if n%97 != 0 && n != tree.N-1 {
			continue
		}
		proof, err := tlog.ProveRecord(tree.N, n, read)
		if err != nil {
			return err
		}
		if err := tlog.CheckRecord(proof, tree.N, tree.Hash, n, tlog.RecordHash(entries[n])); err != nil {
			return fmt.Errorf("entry %d: %w", n, err)
		}
	}
	return nil
}

// checkProof checks a proof file (c2sp.org/tlog-proof@v1) of one of the entries.
func checkProof(file string, known []note.Verifier, entries [][]byte) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	text, signed, found := strings.Cut(string(data), "\n\n")
	lines := strings.Split(text, "\n")
	if !found || len(lines) < 2 || lines[0] != "c2sp.org/tlog-proof@v1" {
		return errors.New("this is no proof file")
	}
	number, isIndex := strings.CutPrefix(lines[1], "index ")
	index, err := strconv.ParseInt(number, 10, 64)
	if err != nil || !isIndex || strconv.FormatInt(index, 10) != number || index < 0 || index >= int64(len(entries)) {
		return errors.New("the proof is of no entry")
	}
	var proof tlog.RecordProof
	for _, line := range lines[2:] {
		hash, err := tlog.ParseHash(line)
		if err != nil {
			return fmt.Errorf("the proof: %w", err)
		}
		proof = append(proof, hash)
	}
	tree, err := open([]byte(signed), known)
	if err != nil {
		return fmt.Errorf("the proof: %w", err)
	}
	return tlog.CheckRecord(proof, tree.N, tree.Hash, index, tlog.RecordHash(entries[index]))
}
