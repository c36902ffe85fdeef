package extract

import (
	"slices"
	"strconv"

	"go.yaml.in/yaml/v3"
)

// maxRecordBytes bounds the records of a file without line ends, as mainframes
// do.
const maxRecordBytes = 32_760

func (d *descriptor) encoding(n *yaml.Node) error {
	if c, ok := charsetNamed(n.Value); ok {
		d.layout.Encoding = c.name
		return nil
	}
	return d.choice(&d.layout.Encoding, layoutEncodings())(n)
}

func (d *descriptor) length(n *yaml.Node) error {
	v, err := strconv.Atoi(n.Value)
	if err != nil || v < 1 || v > maxRecordBytes {
		return d.fail(n, "length", "écrire la longueur de tout enregistrement, de 1 à 32760 octets : length: 160", "n'est pas une longueur d'enregistrement")
	}
	d.layout.length = v
	return nil
}

func (d *descriptor) coding(p *place) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		p.coding = coding(max(slices.Index(codings, n.Value), 0))
		return d.choice(new(string), codings)(n)
	}
}

func (d *descriptor) digits(p *place) func(*yaml.Node) error {
	return func(n *yaml.Node) error {
		v, err := strconv.Atoi(n.Value)
		if err != nil || v < 1 || v > maxDigits {
			return d.fail(n, "digits", "écrire le nombre de chiffres à garder, de 1 à 18", "n'est pas un nombre de chiffres")
		}
		p.digits = v
		return nil
	}
}

// coded checks that the coding of a field suits it and its file, and gives it
// the sign that it holds.
func (d *descriptor) coded(n *yaml.Node, p *place, f *format) error {
	l, name := d.layout, fieldInfos[p.id].name
	switch {
	case p.coding == codingText && p.digits > 0, p.coding == codingZoned && p.digits > 0:
		return d.fail(n, name, "supprimer digits", "digits ne convient qu'à coding: packed")
	case p.coding == codingText:
		return nil
	case !l.fixed:
		return d.fail(n, name, "supprimer coding", "coding ne convient qu'aux positions fixes")
	case f.signed:
		return d.fail(n, name, "supprimer sign_at", "un nombre zoned ou packed porte son signe dans son dernier octet")
	case p.coding == codingPacked && l.length == 0:
		return d.fail(n, name, "donner length, la longueur des enregistrements", "des octets condensés peuvent ressembler à des fins de ligne")
	case p.coding == codingZoned && !p.numeric:
		return d.fail(n, name, "supprimer coding", "zoned ne convient qu'aux nombres")
	case p.numeric && f.implied == explicit:
		return d.fail(n, name, "ajouter decimals: 2, ou decimals: 0", "un nombre zoned ou packed ne peut écrire son signe décimal")
	case p.width() > maxDigits:
		return d.fail(n, name, "revoir les positions", "un nombre a au plus %d chiffres", maxDigits)
	}
	f.signed = p.numeric
	return nil
}

// width is how many characters or digits a fixed field holds.
func (p *place) width() int {
	if p.coding == codingPacked {
		return 2*(p.to-p.from) - 1
	}
	return p.to - p.from
}

// numeric tells whether the field is read as a number, which has a sign.
func (i *fieldInfo) numeric() bool {
	switch i.kind {
	case kindInt, kindAmount, kindFixed, kindHundredths:
		return true
	}
	return false
}
