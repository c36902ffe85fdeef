package sqlite

import (
	"slices"
	"testing"

	"bascule/reconcile"
)

// saidOf is what the store holds of why lines were rejected, and of the load's
// warnings.
func saidOf(t *testing.T, d *DB, run *reconcile.Run) (rejected, warned []*reconcile.Saying) {
	t.Helper()
	for r, err := range d.Rejects(background, run.ID) {
		if err != nil {
			t.Fatal(err)
		}
		rejected = append(rejected, r.Field, r.Reason)
	}
	warned, err := d.Warnings(background, run.Loads[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	return rejected, warned
}

func texts(sayings []*reconcile.Saying) (texts []string) {
	for _, s := range sayings {
		texts = append(texts, s.Stored())
	}
	return texts
}

func TestWhatIsSaidOfALoadIsStoredAndReadBack(t *testing.T) {
	d := openStore(t)
	s := summed("1")
	s.rejects = append(s.rejects, reconcile.Reject{File: "l", Line: 12, Record: "20", Field: reconcile.Verbatim("Montant brut"), Reason: reconcile.Say("la ligne a %n colonnes au lieu de %n", 3, 4)},
		reconcile.Reject{File: "l", Line: 13, Record: "20", Reason: reconcile.Say("ligne vide")})
	s.warnings = []*reconcile.Saying{reconcile.Say("%n bulletin(s) sans totaux", 3)}
	rejected, warned := saidOf(t, d, recordRun(t, d, mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", s))))
	var want []*reconcile.Saying
	for _, r := range s.rejects {
		want = append(want, r.Field, r.Reason)
	}
	if !slices.Equal(texts(rejected), texts(want)) || !slices.Equal(texts(warned), texts(s.warnings)) {
		t.Errorf("read back as %q and %q", texts(rejected), texts(warned))
	}
}

func TestWhatAnEarlierVersionSaidIsReadAsItStands(t *testing.T) {
	d := openStore(t)
	run := recordRun(t, d, mustLoad(t, d, WholeSide, job(reconcile.Legacy, "l", "", summed("1"))))
	for _, change := range []string{"UPDATE reject SET field = 'taux', reason = 'n''est pas un nombre'", `UPDATE load SET warnings = '["3 bulletin(s) sans totaux"]'`,
		`UPDATE run SET summary = '{"notes": ["l : 3 bulletin(s) sans totaux"]}'`} {
		if _, err := d.write.Exec(change); err != nil {
			t.Fatal(err)
		}
	}
	rejected, warned := saidOf(t, d, run)
	if want := []string{"taux", "n'est pas un nombre"}; !slices.Equal(texts(rejected), want) {
		t.Errorf("rejects %q, wanted %q", texts(rejected), want)
	}
	if want := []string{"3 bulletin(s) sans totaux"}; !slices.Equal(texts(warned), want) {
		t.Errorf("warnings %q, wanted %q", texts(warned), want)
	}
	read, err := d.Run(background, run.ID)
	if err != nil || !slices.Equal(read.Summary.Notes, []string{"l : 3 bulletin(s) sans totaux"}) || read.Summary.Sayings != nil {
		t.Errorf("notes %q, %v, %v", read.Summary.Notes, read.Summary.Sayings, err)
	}
}
