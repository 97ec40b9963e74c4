package main

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// keys returns the verifiers that have to have signed: the log's, which the library knows, and the witness's.
func keys(logKey, witnessKey string) ([]note.Verifier, error) {
	log, err := note.NewVerifier(logKey)
	if err != nil {
		return nil, fmt.Errorf("the log's key: %w", err)
	}
	witness, err := newCosigner(witnessKey)
	if err != nil {
		return nil, fmt.Errorf("the witness's key: %w", err)
	}
	return []note.Verifier{log, witness}, nil
}

// open returns the tree of a checkpoint that all of known have signed.
func open(signed []byte, known []note.Verifier) (tlog.Tree, error) {
	opened, err := note.Open(signed, note.VerifierList(known...))
	if err != nil {
		return tlog.Tree{}, err
	}
	if len(opened.Sigs) != len(known) {
		return tlog.Tree{}, fmt.Errorf("%d of %d have signed the checkpoint", len(opened.Sigs), len(known))
	}
	origin, rest, _ := strings.Cut(opened.Text, "\n")
	if origin != known[0].Name() {
		return tlog.Tree{}, fmt.Errorf("the checkpoint is one of %q", origin)
	}
	return tlog.ParseTree([]byte("go.sum database tree\n" + rest))
}

// cosigner verifies c2sp.org/tlog-cosignature, Ed25519, which the library does not know.
type cosigner struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func newCosigner(vkey string) (note.Verifier, error) {
	parts := strings.SplitN(vkey, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("it has no three parts")
	}
	material, err := base64.StdEncoding.Strict().DecodeString(parts[2])
	if err != nil || len(material) != 1+ed25519.PublicKeySize || material[0] != 0x04 {
		return nil, errors.New("it is not an Ed25519 cosigner's")
	}
	sum := sha256.Sum256(append([]byte(parts[0]+"\n"), material...))
	if fmt.Sprintf("%x", sum[:4]) != parts[1] {
		return nil, errors.New("its key id is wrong")
	}
	return &cosigner{parts[0], binary.BigEndian.Uint32(sum[:]), ed25519.PublicKey(material[1:])}, nil
}

func (c *cosigner) Name() string { return c.name }

func (c *cosigner) KeyHash() uint32 { return c.hash }

func (c *cosigner) Verify(message, signature []byte) bool {
	if len(signature) != 8+ed25519.SignatureSize {
		return false
	}
	at := binary.BigEndian.Uint64(signature)
	said := fmt.Sprintf("cosignature/v1\ntime %d\n%s", at, message)
	return at > 0 && ed25519.Verify(c.key, []byte(said), signature[8:])
}
