package extract

import (
	"bytes"
	"errors"
	"fmt"
)

// doubts counts the letters of names and labels that tell two encodings apart
// which no impossible byte does.
type doubts struct {
	proper, doubtful int64
	line             int   // of the first doubtful one
	wrong            error // what the first text that is not in the encoding makes of the file
}

// checkText looks at a text of a file without line ends, whose records hold
// other things than text: what checkEncoding does for the others.
func (r *Reader) checkText(row *row, id field) {
	c, b := r.layout.charset, row.cell[id]
	if r.layout.length == 0 || !row.high || c.ebcdic != nil || r.doubts.wrong != nil || plain(b) || bytes.IndexByte(b, 0) >= 0 {
		return
	}
	var bad *encodingError
	if _, _, err := c.check(b); errors.As(err, &bad) {
		r.doubts.wrong = r.refuse(row.line, r.layout.format[id].word.String(), bad, bad.hint)
	}
}

// watch looks at a cell of words.
func (r *Reader) watch(row *row, id field) {
	l := lookalikeOf[r.layout.charset]
	if l == nil || !row.high && r.layout.charset.ebcdic == nil {
		return
	}
	d := &r.doubts
	for _, x := range row.cell[id] {
		if l.proper[x] {
			d.proper++
		}
		if l.doubts[x] {
			if d.doubtful == 0 {
				d.line = row.line
			}
			d.doubtful++
		}
	}
}

// openText refuses a file whose first bytes are not of the declared encoding,
// and skips the mark of UTF-8 in front of UTF-8 alone.
func (r *Reader) openText() error {
	const enough = 1024
	head, err := r.lines.head(enough)
	if err != nil {
		return err
	}
	ebcdic, ascii := inEBCDIC(head)
	switch declared := r.layout.charset.ebcdic != nil; {
	case ebcdic && !declared:
		return r.refuse(0, "", fmt.Errorf("le fichier est en EBCDIC alors que le format déclare %s", r.layout.Encoding), "écrire dans le format encoding: ebcdic-1147 (ou ebcdic-1047) et length, ou faire convertir le fichier")
	case ascii && declared:
		return r.refuse(0, "", fmt.Errorf("le fichier est en ASCII, ou dans un encodage qui en vient, alors que le format déclare %s", r.layout.Encoding), hintEncoding)
	}
	found, err := r.lines.skipBOM()
	if found && r.layout.charset.cm != nil {
		return r.refuse(1, "", fmt.Errorf("le fichier commence par la marque d'utf-8 alors que le format déclare %s", r.layout.Encoding), hintEncoding)
	}
	return err
}

// proveEncoding refuses a file whose names and labels read better in another
// encoding than in the declared one.
func (r *Reader) proveEncoding() error {
	d := &r.doubts
	if d.wrong != nil {
		return d.wrong
	}
	if d.doubtful <= d.proper {
		return nil
	}
	return r.refuse(d.line, "", fmt.Errorf("les noms et libellés ne sont pas en %s, ressemblent à %s", r.layout.charset.name, lookalikeOf[r.layout.charset].name), hintEncoding)
}
