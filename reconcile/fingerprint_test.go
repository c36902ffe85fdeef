package reconcile

import "testing"

func TestDigesterForgetsTheFormerParts(t *testing.T) {
	secret := []byte("clé")
	digest := Digester(secret)
	for _, parts := range [][]string{{"iban", "FR76"}, {}, {"a", "b"}, {"ab", ""}, {"iban", "FR76"}} {
		if got, want := digest(parts...), Digest(secret, parts...); got != want {
			t.Errorf("%q: %s after others, %s alone", parts, got, want)
		}
	}
	if Digest(secret, "a", "b") == Digest(secret, "ab", "") {
		t.Error("the parts run into each other")
	}
	if Digest(secret, "a") == Digest(nil, "a") {
		t.Error("the key does not matter")
	}
	// HMAC-SHA-256 of "a\x00" under that key, by another program: printf 'a\0' | openssl dgst -sha256 -hmac clé
	if got, want := Digest(secret, "a"), "382d2a450a9d9fd79f66b9e3"; got != want {
		t.Errorf("Digest(a) = %s, want %s", got, want)
	}
}
