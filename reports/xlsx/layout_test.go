package xlsx

import (
	"errors"
	"testing"
)

func TestAnOutlineThatCannotBeAnnouncedIsAnErrorAndNoPanic(t *testing.T) {
	type format struct{ OutlineLevelRow uint8 }
	type text struct{ OutlineLevelRow string }
	type other struct{ DefaultRowHeight float64 }
	for _, c := range []struct {
		sheet  any
		reason string
	}{
		{nil, "nothing"},
		{(*struct{ SheetFormatPr *format })(nil), "a pointer to nothing"},
		{struct{ SheetFormatPr *format }{&format{}}, "no pointer"},
		{new(int), "a pointer to no structure"},
		{&struct{ Format *format }{&format{}}, "the first field is gone"},
		{&struct{ SheetFormatPr *format }{}, "the first field is nil"},
		{&struct{ SheetFormatPr format }{}, "the first field is no pointer"},
		{&struct{ SheetFormatPr *other }{&other{}}, "the second field is gone"},
		{&struct{ SheetFormatPr *text }{&text{}}, "the second field is a text"},
	} {
		if err := announceLevels(c.sheet); !errors.Is(err, errNoOutline) {
			t.Errorf("%s: %v, wanted %v", c.reason, err, errNoOutline)
		}
	}
	sheet := &struct{ SheetFormatPr *format }{&format{}}
	if err := announceLevels(sheet); err != nil || sheet.SheetFormatPr.OutlineLevelRow != 1 {
		t.Errorf("the field is %d: %v", sheet.SheetFormatPr.OutlineLevelRow, err)
	}
}
