package mask

// Visits returns the number of bytes that Text and Message look at to mask the users of URLs.
func Visits(text string) (document, message int) {
	d, m := urlScan{}, urlScan{message: true}
	d.maskUsers(text)
	m.maskUsers(text)
	return d.visits, m.visits
}
