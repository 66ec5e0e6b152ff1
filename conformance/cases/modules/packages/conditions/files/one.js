export default "a file by pattern";
